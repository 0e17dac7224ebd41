INSERT INTO reset_link (token_hash, account, expires_at, used_at) VALUES ($1, $2, $3, NULL)
