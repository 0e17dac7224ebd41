UPDATE help_cell SET decision = $3, decided_by = $4, decided_at = $5 WHERE help = $1 AND cell = $2 AND decision IS NULL
