SELECT seq, recorded_at FROM head
