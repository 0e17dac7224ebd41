INSERT INTO dossier_day (portal, day, version, seq, dossiers, sha256, users) VALUES ($1, $2, $3, $4, $5, $6, $7)
