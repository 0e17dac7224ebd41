-- Submissions in the order they were opened; an argument that is null asks for anything.
SELECT s.id, s.template, s.template_version, s.body, s.period, s.cells_cursor, s.created_at, s.updated_at,
       (SELECT COUNT(*) FROM draft_cell d
        WHERE d.submission = s.id AND d.kind <> 'empty' AND d.cell NOT LIKE '%/previous'),
       s.asked_until, s.extended_until
FROM submission s
WHERE ($1 IS NULL OR s.id = $1)
  AND ($2 IS NULL OR s.template = $2)
  AND ($3 IS NULL OR s.body = $3)
  AND ($4 IS NULL OR s.period = $4)
ORDER BY s.id
