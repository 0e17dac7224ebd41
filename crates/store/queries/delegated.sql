-- What is lent to an account, or to all of them: each delegation that nobody has ended, with the giver's own grants for
-- its body. An account that is disabled lends nothing.
SELECT d.deputy, d.giver, d.body, d.first_day, d.last_day, g.name, o.role, o.body, o.sectors
FROM delegation d
JOIN account g ON g.id = d.giver AND g.disabled = 0
JOIN granted o ON o.account = d.giver AND o.body = d.body
JOIN account a ON a.id = d.deputy
WHERE d.ended_at IS NULL AND ($1 IS NULL OR a.id = $1) AND ($2 IS NULL OR a.login = $2)
ORDER BY d.id, o.ordinal
