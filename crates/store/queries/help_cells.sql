SELECT c.help, c.cell, c.kind, c.mantissa, c.scale, c.upper_mantissa, c.upper_scale, c.text, c.note, c.decision, a.name,
       c.decided_at
FROM help_cell c
JOIN help h ON h.id = c.help
LEFT JOIN account a ON a.id = c.decided_by
WHERE ($1 IS NULL OR h.submission = $1) AND ($2 IS NULL OR h.token_hash = $2)
ORDER BY c.help, c.ordinal
