SELECT request_hash, seq, answer FROM idempotency WHERE account = $1 AND request_key = $2
