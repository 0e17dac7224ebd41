UPDATE submission SET cells_cursor = cells_cursor + 1, updated_at = $2 WHERE id = $1 RETURNING cells_cursor
