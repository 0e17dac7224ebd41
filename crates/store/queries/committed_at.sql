SELECT recorded_at FROM committed WHERE seq = $1
