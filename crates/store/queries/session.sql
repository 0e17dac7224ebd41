SELECT account, created_at, expires_at FROM session WHERE token_hash = $1 AND expires_at > $2
