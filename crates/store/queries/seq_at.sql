-- The last commit recorded at or before an instant.
SELECT COALESCE(MAX(seq), 0) FROM committed WHERE recorded_at <= $1
