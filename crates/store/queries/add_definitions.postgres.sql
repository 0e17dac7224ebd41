INSERT INTO definition (
    seq, kind, code, version, content
)
SELECT $1, given.*
FROM unnest(
    $2::text[], $3::text[], $4::bigint[], $5::text[]
) given
