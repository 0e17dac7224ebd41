UPDATE reminder SET mailed_at = $2 WHERE id = $1
