-- Every version of a day that a portal sent, the oldest first.
SELECT d.version, d.dossiers, c.recorded_at
FROM dossier_day d
JOIN committed c ON c.seq = d.seq
WHERE d.portal = $1 AND d.day = $2
ORDER BY d.version
