INSERT INTO reminder (id, template, period, body, sent_by, sent_at, mailed_at) VALUES ($1, $2, $3, $4, $5, $6, NULL)
