-- The number of a body's form for a period, if it is open.
SELECT id FROM submission WHERE template = $1 AND body = $2 AND period = $3
