SELECT COUNT(*)
FROM observation o
LEFT JOIN committed c ON c.seq = o.seq
LEFT JOIN origin r ON r.seq = o.seq AND r.ordinal = o.origin
WHERE c.seq IS NULL OR r.seq IS NULL
