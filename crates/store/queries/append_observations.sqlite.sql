-- jsonb_each reads each row once; json_each would read it again for every column.
INSERT INTO observation (
    seq, ordinal, origin, indicator, unit, period, period_start, period_end, breakdown, measure, source,
    publisher, kind, mantissa, scale, upper_mantissa, upper_scale, of_mantissa, of_scale, share_mantissa,
    share_scale, status, qualifier, synthetic, words
)
SELECT
    $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15,
    value ->> 16, value ->> 17, value ->> 18, value ->> 19, value ->> 20, value ->> 21, value ->> 22, value ->> 23
FROM jsonb_each($2)
