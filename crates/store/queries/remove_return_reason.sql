DELETE FROM return_reason WHERE account = $1 AND id = $2
