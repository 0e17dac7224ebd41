-- Every statement of the commits after $1 up to $2, in the order of the record.
-- One text a row, the only free words last: both drivers pay by the column, and this is read by the hundred thousand.
SELECT concat_ws('|',
       o.seq, o.ordinal, o.indicator, o.unit, o.period, o.breakdown, o.measure, o.source, o.kind,
       COALESCE(CAST(o.mantissa AS TEXT), ''), COALESCE(CAST(o.scale AS TEXT), ''),
       COALESCE(CAST(o.upper_mantissa AS TEXT), ''), COALESCE(CAST(o.upper_scale AS TEXT), ''),
       COALESCE(CAST(o.of_mantissa AS TEXT), ''), COALESCE(CAST(o.of_scale AS TEXT), ''),
       COALESCE(CAST(o.share_mantissa AS TEXT), ''), COALESCE(CAST(o.share_scale AS TEXT), ''), o.status,
       COALESCE(o.qualifier, ''), o.synthetic, c.recorded_at, COALESCE(o.publisher, ''))
FROM observation o
JOIN committed c ON c.seq = o.seq
WHERE o.seq > $1 AND o.seq <= $2
ORDER BY o.seq, o.ordinal
