INSERT INTO event (
    seq, ordinal, kind, actor, body, submission, section, indicator, period, detail
)
SELECT $1, given.*
FROM unnest(
    $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[],
    $10::text[]
) given
