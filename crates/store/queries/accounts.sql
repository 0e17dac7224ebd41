SELECT id, login, name, email, password, lang, disabled, failures, locked_until, created_at
FROM account
WHERE ($1 IS NULL OR id = $1) AND ($2 IS NULL OR login = $2)
ORDER BY id
