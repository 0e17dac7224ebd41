-- What was ever said of a cell, by whom, from what and why; the oldest first.
SELECT o.seq, o.ordinal, o.indicator, o.unit, o.period, o.breakdown, o.measure, o.source, o.publisher,
       o.kind, o.mantissa, o.scale, o.upper_mantissa, o.upper_scale, o.of_mantissa, o.of_scale,
       o.share_mantissa, o.share_scale, o.status, o.qualifier, o.synthetic, c.recorded_at,
       o.words, r.kind, r.label_vi, r.label_en, r.submission, r.section, r.reason, r.actor, a.name
FROM observation o
JOIN committed c ON c.seq = o.seq
JOIN origin r ON r.seq = o.seq AND r.ordinal = o.origin
LEFT JOIN account a ON a.id = r.actor
WHERE o.indicator = $1 AND o.unit = $2 AND o.period = $3 AND o.breakdown = $4 AND o.measure = $5 AND o.seq <= $6
ORDER BY o.seq, o.ordinal
