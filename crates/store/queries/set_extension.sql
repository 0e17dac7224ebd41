UPDATE submission SET asked_until = $2, extended_until = $3, updated_at = $4 WHERE id = $1
