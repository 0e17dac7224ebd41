INSERT INTO definition (
    seq, kind, code, version, content
)
SELECT
    $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3
FROM jsonb_each($2)
