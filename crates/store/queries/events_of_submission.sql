-- The same as `events` for one submission, which every page of a form asks: so that the index is used.
SELECT e.seq, e.ordinal, c.recorded_at, a.name, e.kind, e.actor, e.body, e.submission, e.section,
       e.indicator, e.period, e.detail
FROM event e
JOIN committed c ON c.seq = e.seq
LEFT JOIN account a ON a.id = e.actor
WHERE ($1 IS NULL OR e.actor = $1)
  AND ($2 IS NULL OR e.body = $2)
  AND e.submission = $3
  AND ($4 IS NULL OR e.indicator = $4)
  AND ($5 IS NULL OR e.kind = $5)
  AND c.recorded_at >= $6 AND c.recorded_at < $7
  AND (e.seq < $8 OR (e.seq = $8 AND e.ordinal < $9))
ORDER BY e.seq DESC, e.ordinal DESC
-- A bare parameter here would have SQLite prepare the statement anew each time.
LIMIT CAST($10 AS BIGINT)
