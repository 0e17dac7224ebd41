INSERT INTO section (submission, section, ordinal, state)
SELECT $1, given.*, 'draft'
FROM unnest($2::text[], $3::bigint[]) given
