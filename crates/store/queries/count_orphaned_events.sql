SELECT COUNT(*) FROM event e LEFT JOIN committed c ON c.seq = e.seq WHERE c.seq IS NULL
