INSERT INTO digest (account, week, subject, text, made_at, mailed_at) VALUES ($1, $2, $3, $4, $5, NULL)
