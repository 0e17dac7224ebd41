INSERT INTO submission (id, template, template_version, body, period, cells_cursor, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, 0, $6, $7)
