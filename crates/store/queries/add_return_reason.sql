INSERT INTO return_reason (id, account, text) VALUES ($1, $2, $3)
