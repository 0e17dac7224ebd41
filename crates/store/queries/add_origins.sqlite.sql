INSERT INTO origin (seq, ordinal, kind, label_vi, label_en, submission, section, reason, actor)
SELECT
    $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
FROM jsonb_each($2)
