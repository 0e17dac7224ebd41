-- The runs of the connector $1 that began before the one numbered $2, the newest first, at most $3.
SELECT id, connector, cause, attempt, due_at, period, actor, started_at, finished_at, outcome, bytes, row_count, unknown, figures, recorded, seq, error_code, error_vi, error_en, push_key, push_hash
FROM connector_run
WHERE connector = $1 AND id < $2
ORDER BY id DESC
LIMIT $3
