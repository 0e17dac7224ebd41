-- The oldest first, of what explanations.sql finds.
SELECT s.explanation, s.kind, s.actor, a.name, s.at, s.seq, s.words, s.due, s.cause, s.answer, s.outcome
FROM explanation_step s
JOIN explanation e ON e.id = s.explanation
LEFT JOIN account a ON a.id = s.actor
WHERE ($1 IS NULL OR e.id = $1) AND ($2 IS NULL OR e.body = $2) AND ($3 IS NULL OR e.indicator = $3)
  AND ($4 IS NULL OR e.unit = $4) AND ($5 IS NULL OR e.period = $5) AND ($6 IS NULL OR e.standing <> $6)
ORDER BY s.explanation, s.ordinal
