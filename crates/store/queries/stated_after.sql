-- Every statement of the commits after $1 that was not made up, in the order of the record; columns as in observations_between.
SELECT concat_ws('|',
       o.seq, o.ordinal, o.indicator, o.unit, o.period, o.breakdown, o.measure, o.source, o.kind,
       COALESCE(CAST(o.mantissa AS TEXT), ''), COALESCE(CAST(o.scale AS TEXT), ''),
       COALESCE(CAST(o.upper_mantissa AS TEXT), ''), COALESCE(CAST(o.upper_scale AS TEXT), ''),
       COALESCE(CAST(o.of_mantissa AS TEXT), ''), COALESCE(CAST(o.of_scale AS TEXT), ''),
       COALESCE(CAST(o.share_mantissa AS TEXT), ''), COALESCE(CAST(o.share_scale AS TEXT), ''), o.status,
       COALESCE(o.qualifier, ''), o.synthetic, c.recorded_at, COALESCE(o.publisher, ''))
FROM observation o
JOIN committed c ON c.seq = o.seq
WHERE o.seq > $1 AND o.synthetic = 0
ORDER BY o.seq, o.ordinal
