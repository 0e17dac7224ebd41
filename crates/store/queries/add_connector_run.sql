INSERT INTO connector_run (id, connector, cause, attempt, due_at, period, actor, started_at, finished_at, outcome, bytes, row_count, unknown, figures, recorded, seq, error_code, error_vi, error_en, push_key, push_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
