INSERT INTO help (id, submission, token_hash, office, note, asked_by, asked_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
