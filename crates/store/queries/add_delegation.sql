INSERT INTO delegation (id, giver, deputy, body, first_day, last_day, reason, made_at, ended_by, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL)
