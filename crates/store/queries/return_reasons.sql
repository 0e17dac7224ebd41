SELECT id, text FROM return_reason WHERE account = $1 ORDER BY id
