INSERT INTO dossier_count (portal, day, version, service, channel, state, dossiers)
SELECT $1, $2, $3, value ->> 0, value ->> 1, value ->> 2, value ->> 3
FROM jsonb_each($4)
