INSERT INTO account (id, login, name, email, password, lang, disabled, failures, locked_until, created_at)
VALUES ($1, $2, $3, $4, $5, $6, 0, 0, NULL, $7)
