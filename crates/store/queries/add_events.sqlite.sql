INSERT INTO event (
    seq, ordinal, kind, actor, body, submission, section, indicator, period, detail
)
SELECT
    $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8
FROM jsonb_each($2)
