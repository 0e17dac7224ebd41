UPDATE account
SET name = $2, email = $3, password = $4, lang = $5, disabled = $6, failures = $7, locked_until = $8
WHERE id = $1
