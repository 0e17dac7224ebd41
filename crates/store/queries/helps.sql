SELECT h.id, h.submission, h.office, h.note, h.asked_by, a.name, h.asked_at, h.expires_at, h.sender_name,
       h.sender_office, h.sent_at, h.withdrawn_at
FROM help h
LEFT JOIN account a ON a.id = h.asked_by
WHERE ($1 IS NULL OR h.submission = $1) AND ($2 IS NULL OR h.token_hash = $2)
ORDER BY h.id
