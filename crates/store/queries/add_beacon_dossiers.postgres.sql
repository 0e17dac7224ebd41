INSERT INTO beacon_dossier (portal, step, bot, dossier)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
ON CONFLICT (portal, step, bot, dossier) DO NOTHING
RETURNING portal, step, bot, dossier
