SELECT id, account, name, created_at, expires_at FROM api_token WHERE account = $1 ORDER BY id
