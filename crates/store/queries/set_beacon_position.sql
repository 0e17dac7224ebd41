INSERT INTO beacon_position (log, position) VALUES ($1, $2)
ON CONFLICT (log) DO UPDATE SET position = excluded.position
