-- What was ever said of a cell, by whom, from what and why; the oldest first.
SELECT concat_ws('|',
       o.seq, o.ordinal, o.indicator, o.unit, o.period, o.breakdown, o.measure, o.source, o.kind,
       COALESCE(CAST(o.mantissa AS TEXT), ''), COALESCE(CAST(o.scale AS TEXT), ''),
       COALESCE(CAST(o.upper_mantissa AS TEXT), ''), COALESCE(CAST(o.upper_scale AS TEXT), ''),
       COALESCE(CAST(o.of_mantissa AS TEXT), ''), COALESCE(CAST(o.of_scale AS TEXT), ''),
       COALESCE(CAST(o.share_mantissa AS TEXT), ''), COALESCE(CAST(o.share_scale AS TEXT), ''), o.status,
       COALESCE(o.qualifier, ''), o.synthetic, c.recorded_at, COALESCE(o.publisher, '')),
       o.words, r.kind, r.label_vi, r.label_en, r.submission, r.section, r.reason, r.actor, a.name
FROM observation o
JOIN committed c ON c.seq = o.seq
JOIN origin r ON r.seq = o.seq AND r.ordinal = o.origin
LEFT JOIN account a ON a.id = r.actor
WHERE o.indicator = $1 AND o.unit = $2 AND o.period = $3 AND o.breakdown = $4 AND o.measure = $5 AND o.seq <= $6
ORDER BY o.seq, o.ordinal
