SELECT account, expires_at, used_at FROM reset_link WHERE token_hash = $1
