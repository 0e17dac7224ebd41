-- The newest first.
SELECT e.id, e.body, e.indicator, e.unit, e.period, e.standing, e.due, e.outcome
FROM explanation e
WHERE ($1 IS NULL OR e.id = $1) AND ($2 IS NULL OR e.body = $2) AND ($3 IS NULL OR e.indicator = $3)
  AND ($4 IS NULL OR e.unit = $4) AND ($5 IS NULL OR e.period = $5) AND ($6 IS NULL OR e.standing <> $6)
ORDER BY e.id DESC
