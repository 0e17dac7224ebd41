-- The scans of a form, the latest first.
SELECT s.id, s.name, s.kind, s.size, s.sha256, a.name, s.added_at
FROM scan s LEFT JOIN account a ON a.id = s.added_by
WHERE s.submission = $1
ORDER BY s.id DESC
