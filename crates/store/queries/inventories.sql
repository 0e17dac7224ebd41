-- Every version of the inventory of report duties, the newest first; of one version when $1 says which.
SELECT d.version, d.content, c.recorded_at
FROM definition d
JOIN committed c ON c.seq = d.seq
WHERE d.kind = 'duty_inventory' AND ($1 IS NULL OR d.version = $1)
ORDER BY d.version DESC
