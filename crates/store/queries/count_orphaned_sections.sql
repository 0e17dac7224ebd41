SELECT (SELECT COUNT(*) FROM section t LEFT JOIN submission s ON s.id = t.submission WHERE s.id IS NULL)
     + (SELECT COUNT(*) FROM draft_cell d LEFT JOIN submission s ON s.id = d.submission WHERE s.id IS NULL)
     + (SELECT COUNT(*) FROM scan c LEFT JOIN submission s ON s.id = c.submission WHERE s.id IS NULL)
     + (SELECT COUNT(*) FROM granted g LEFT JOIN account a ON a.id = g.account WHERE a.id IS NULL)
