INSERT INTO beacon_dossier (portal, step, bot, dossier)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM jsonb_each($1) WHERE true
ON CONFLICT (portal, step, bot, dossier) DO NOTHING
RETURNING portal, step, bot, dossier
