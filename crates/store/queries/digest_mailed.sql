UPDATE digest SET mailed_at = $3 WHERE account = $1 AND week = $2
