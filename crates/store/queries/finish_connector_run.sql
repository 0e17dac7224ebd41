UPDATE connector_run
SET finished_at = $2, outcome = $3, bytes = $4, row_count = $5, unknown = $6, figures = $7, recorded = $8, seq = $9,
    error_code = $10, error_vi = $11, error_en = $12
WHERE id = $1 AND finished_at IS NULL
