-- Every statement of the commits after $1 up to $2, in the order of the record.
SELECT o.seq, o.ordinal, o.indicator, o.unit, o.period, o.breakdown, o.measure, o.source, o.publisher,
       o.kind, o.mantissa, o.scale, o.upper_mantissa, o.upper_scale, o.of_mantissa, o.of_scale,
       o.share_mantissa, o.share_scale, o.status, o.qualifier, o.synthetic, c.recorded_at
FROM observation o
JOIN committed c ON c.seq = o.seq
WHERE o.seq > $1 AND o.seq <= $2
ORDER BY o.seq, o.ordinal
