-- The sections of the same submissions, in the order of their forms.
SELECT t.submission, t.section, t.state, t.moved_by, t.moved_at, t.signed_by, t.reason, t.returned_from
FROM section t
JOIN submission s ON s.id = t.submission
WHERE ($1 IS NULL OR s.id = $1)
  AND ($2 IS NULL OR s.template = $2)
  AND ($3 IS NULL OR s.body = $3)
  AND ($4 IS NULL OR s.period = $4)
ORDER BY t.submission, t.ordinal
