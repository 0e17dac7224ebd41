INSERT INTO explanation_step (explanation, ordinal, kind, actor, at, seq, words, due, cause, answer, outcome)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
