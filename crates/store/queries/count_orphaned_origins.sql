SELECT COUNT(*)
FROM origin r
LEFT JOIN committed c ON c.seq = r.seq
WHERE c.seq IS NULL
