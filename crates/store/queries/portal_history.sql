-- Every version of a portal, the oldest first, with when it was defined and by whom.
SELECT d.version, d.content, c.recorded_at, a.name
FROM definition d
JOIN committed c ON c.seq = d.seq
LEFT JOIN event e ON e.seq = d.seq AND e.kind = 'definitions_changed'
LEFT JOIN account a ON a.id = e.actor
WHERE d.kind = 'portal' AND d.code = $1
ORDER BY d.version
