INSERT INTO explanation (id, body, indicator, unit, period, standing, due) VALUES ($1, $2, $3, $4, $5, $6, $7)
