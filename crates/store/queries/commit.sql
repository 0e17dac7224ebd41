INSERT INTO committed (seq, recorded_at) VALUES ($1, $2)
