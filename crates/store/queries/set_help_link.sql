UPDATE help SET token_hash = $2 WHERE id = $1
