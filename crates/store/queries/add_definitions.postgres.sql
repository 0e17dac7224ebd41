INSERT INTO definition (
    seq, kind, code, version, content
)
SELECT
    $1, value ->> 0, value ->> 1, (value ->> 2)::bigint, value ->> 3
FROM json_array_elements($2::json)
