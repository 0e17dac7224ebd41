UPDATE help SET sender_name = $2, sender_office = $3 WHERE id = $1
