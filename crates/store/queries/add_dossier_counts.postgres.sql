INSERT INTO dossier_count (portal, day, version, service, channel, state, dossiers)
SELECT $1, $2, $3, given.*
FROM unnest($4::text[], $5::text[], $6::text[], $7::bigint[]) given
