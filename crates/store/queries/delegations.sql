-- Every delegation, the newest first, with the names of both; of a body when $1 says which.
SELECT d.id, d.giver, d.deputy, d.body, d.first_day, d.last_day, d.reason, d.made_at, d.ended_by, d.ended_at, g.name, t.name
FROM delegation d
JOIN account g ON g.id = d.giver
JOIN account t ON t.id = d.deputy
WHERE ($1 IS NULL OR d.body = $1)
ORDER BY d.id DESC
