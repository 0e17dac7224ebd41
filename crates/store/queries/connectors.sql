-- The last version of every connector, or of the one called $1, with who saved it and whether it has a secret.
SELECT d.code, d.version, d.content, c.recorded_at, s.set_at
FROM definition d
JOIN committed c ON c.seq = d.seq
LEFT JOIN connector_secret s ON s.connector = d.code
WHERE d.kind = 'connector' AND ($1 IS NULL OR d.code = $1) AND d.version = (
    SELECT MAX(later.version) FROM definition later WHERE later.kind = d.kind AND later.code = d.code
)
ORDER BY d.code
