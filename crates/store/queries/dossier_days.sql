-- The last version of each day that a portal, or any, has sent, from one day to another.
SELECT d.portal, d.day, d.version, d.dossiers, d.sha256, c.recorded_at, d.users
FROM dossier_day d
JOIN committed c ON c.seq = d.seq
WHERE
    ($1 IS NULL OR d.portal = $1) AND d.day >= $2 AND d.day <= $3
    AND NOT EXISTS (
        SELECT 1 FROM dossier_day later WHERE later.portal = d.portal AND later.day = d.day AND later.version > d.version
    )
ORDER BY d.portal, d.day
