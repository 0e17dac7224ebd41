-- The batch that a system sent to the connector $1 under its key $2.
SELECT id, connector, cause, attempt, due_at, period, actor, started_at, finished_at, outcome, bytes, row_count, unknown, figures, recorded, seq, error_code, error_vi, error_en, push_key, push_hash
FROM connector_run
WHERE connector = $1 AND push_key = $2
