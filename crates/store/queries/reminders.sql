SELECT id, template, period, body, sent_by, sent_at, mailed_at
FROM reminder
WHERE template = $1 AND period = $2
ORDER BY id
