INSERT INTO observation (
    seq, ordinal, origin, indicator, unit, period, period_start, period_end, breakdown, measure, source,
    publisher, kind, mantissa, scale, upper_mantissa, upper_scale, of_mantissa, of_scale, share_mantissa,
    share_scale, status, qualifier, synthetic, words
)
SELECT
    $1, (value ->> 0)::bigint, (value ->> 1)::bigint, value ->> 2, value ->> 3, value ->> 4,
    (value ->> 5)::bigint, (value ->> 6)::bigint, value ->> 7, value ->> 8, value ->> 9, value ->> 10,
    value ->> 11, (value ->> 12)::bigint, (value ->> 13)::smallint, (value ->> 14)::bigint,
    (value ->> 15)::smallint, (value ->> 16)::bigint, (value ->> 17)::smallint, (value ->> 18)::bigint,
    (value ->> 19)::smallint, value ->> 20, value ->> 21, (value ->> 22)::smallint, value ->> 23
FROM json_array_elements($2::json)
