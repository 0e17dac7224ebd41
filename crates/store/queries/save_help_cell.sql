UPDATE help_cell
SET kind = $3, mantissa = $4, scale = $5, upper_mantissa = $6, upper_scale = $7, text = $8, note = $9
WHERE help = $1 AND cell = $2
