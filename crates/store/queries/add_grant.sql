INSERT INTO granted (account, ordinal, role, body, sectors) VALUES ($1, $2, $3, $4, $5)
