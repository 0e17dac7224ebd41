UPDATE help SET sent_at = $2 WHERE id = $1
