-- The dossiers of a portal, or all, from one day to another by service, channel and state: the last version of each day.
SELECT n.portal, n.service, n.channel, n.state, CAST(sum(n.dossiers) AS BIGINT)
FROM dossier_day d
JOIN dossier_count n ON n.portal = d.portal AND n.day = d.day AND n.version = d.version
WHERE
    ($1 IS NULL OR d.portal = $1) AND d.day >= $2 AND d.day <= $3
    AND NOT EXISTS (
        SELECT 1 FROM dossier_day later WHERE later.portal = d.portal AND later.day = d.day AND later.version > d.version
    )
GROUP BY n.portal, n.service, n.channel, n.state
ORDER BY n.portal, n.service, n.channel, n.state
