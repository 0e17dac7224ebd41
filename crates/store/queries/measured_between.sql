-- What was said to be measured by the commits after $1 up to $2, in the order of the record.
SELECT indicator, breakdown, unit, period, kind, share_mantissa, share_scale, mantissa, scale, status
FROM observation
WHERE seq > $1 AND seq <= $2 AND source = 'measured' AND measure = 'level'
ORDER BY seq, ordinal
