-- Every statement about an entry, the oldest first, with who made it and when.
SELECT e.version, e.since, e.content, e.synthetic, c.recorded_at, a.name
FROM register_entry e
JOIN committed c ON c.seq = e.seq
LEFT JOIN account a ON a.id = e.changed_by
WHERE e.register = $1 AND e.unit = $2 AND e.code = $3
ORDER BY e.version
