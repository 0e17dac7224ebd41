SELECT id, account, name, created_at, expires_at
FROM api_token
WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > $2)
