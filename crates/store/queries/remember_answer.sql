INSERT INTO idempotency (account, request_key, request_hash, seq, answer, at) VALUES ($1, $2, $3, $4, $5, $6)
