UPDATE section SET state = $3, moved_by = $4, moved_at = $5, signed_by = $6, reason = $7, returned_from = $8
WHERE submission = $1 AND section = $2
