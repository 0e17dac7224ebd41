-- One submission, by its number; every page and every move of a form asks this.
SELECT s.id, s.template, s.template_version, s.body, s.period, s.cells_cursor, s.created_at, s.updated_at,
       (SELECT COUNT(*) FROM draft_cell d
        WHERE d.submission = s.id AND d.kind <> 'empty' AND d.cell NOT LIKE '%/previous'),
       s.asked_until, s.extended_until
FROM submission s
WHERE s.id = $1
