SELECT g.account, g.role, g.body, g.sectors
FROM granted g
JOIN account a ON a.id = g.account
WHERE ($1 IS NULL OR a.id = $1) AND ($2 IS NULL OR a.login = $2)
ORDER BY g.account, g.ordinal
