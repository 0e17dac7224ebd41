UPDATE head SET seq = $1, recorded_at = $2
