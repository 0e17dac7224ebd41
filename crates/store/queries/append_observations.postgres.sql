INSERT INTO observation (
    seq, ordinal, origin, indicator, unit, period, period_start, period_end, breakdown, measure, source,
    publisher, kind, mantissa, scale, upper_mantissa, upper_scale, of_mantissa, of_scale, share_mantissa,
    share_scale, status, qualifier, synthetic, words
)
SELECT $1, given.*
FROM unnest(
    $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[], $16::bigint[],
    $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[], $22::text[], $23::text[],
    $24::bigint[], $25::text[]
) given
