INSERT INTO event (
    seq, ordinal, kind, actor, body, submission, section, indicator, period, detail
)
SELECT
    $1, (value ->> 0)::bigint, value ->> 1, (value ->> 2)::bigint, value ->> 3, (value ->> 4)::bigint,
    value ->> 5, value ->> 6, value ->> 7, value ->> 8
FROM json_array_elements($2::json)
