SELECT COUNT(*) FROM committed b JOIN committed a ON a.seq = b.seq - 1 WHERE b.recorded_at < a.recorded_at
