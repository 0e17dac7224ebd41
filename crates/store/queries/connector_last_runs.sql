-- The last run of each cause of every connector, the newest first.
SELECT id, connector, cause, attempt, due_at, period, actor, started_at, finished_at, outcome, bytes, row_count, unknown, figures, recorded, seq, error_code, error_vi, error_en, push_key, push_hash
FROM connector_run
WHERE id IN (SELECT MAX(id) FROM connector_run GROUP BY connector, cause)
ORDER BY id DESC
