INSERT INTO session (token_hash, account, created_at, expires_at) VALUES ($1, $2, $3, $4)
