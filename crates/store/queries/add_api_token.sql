INSERT INTO api_token (id, account, name, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
