SELECT d.cell, d.version, d.kind, d.mantissa, d.scale, d.upper_mantissa, d.upper_scale, d.text, d.note,
       d.updated_by, a.name, d.updated_at, d.written
FROM draft_cell d
LEFT JOIN account a ON a.id = d.updated_by
WHERE d.submission = $1 AND d.written > $2
ORDER BY d.written, d.cell
