-- The sections of one submission, in the order of its form.
SELECT t.submission, t.section, t.state, t.moved_by, t.moved_at, t.signed_by, t.reason, t.returned_from
FROM section t
WHERE t.submission = $1
ORDER BY t.ordinal
