INSERT INTO section (submission, section, ordinal, state)
SELECT $1, value ->> 0, value ->> 1, 'draft'
FROM jsonb_each($2)
