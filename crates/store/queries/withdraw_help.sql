UPDATE help SET withdrawn_at = $2 WHERE id = $1
