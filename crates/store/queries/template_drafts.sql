-- The last save of every template under way, or of the one called $1; what is no longer under way has no template in it.
SELECT d.code, d.version, d.content, c.recorded_at
FROM definition d
JOIN committed c ON c.seq = d.seq
WHERE d.kind = 'template_draft' AND ($1 IS NULL OR d.code = $1) AND d.version = (
    SELECT MAX(later.version) FROM definition later WHERE later.kind = d.kind AND later.code = d.code
)
ORDER BY d.code
