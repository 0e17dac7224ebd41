-- The last version of what is called $2 among definitions of the kind $1.
SELECT d.version, d.content, c.recorded_at
FROM definition d
JOIN committed c ON c.seq = d.seq
WHERE d.kind = $1 AND d.code = $2
ORDER BY d.version DESC
LIMIT 1
