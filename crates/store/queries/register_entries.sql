-- The entries of a register as they are on a day, of one unit or all, that are found by these patterns; by unit and code,
-- by code, or the last that were stated to change first.
SELECT e.unit, e.code, e.version, e.since, e.content, e.synthetic
FROM register_entry e
WHERE
    e.register = $1 AND e.since <= $2 AND e.content IS NOT NULL AND ($3 IS NULL OR e.unit = $3)
    AND e.search LIKE $4 ESCAPE '~' AND e.words LIKE $5 ESCAPE '~' AND e.words LIKE $6 ESCAPE '~'
    AND NOT EXISTS (
        SELECT 1
        FROM register_entry later
        WHERE
            later.register = e.register AND later.unit = e.unit AND later.code = e.code
            AND later.version > e.version AND later.since <= $2
    )
    AND (e.unit > $7 OR (e.unit = $7 AND e.code > $8))
ORDER BY
    CASE WHEN $10 = 'since' THEN -e.since ELSE 0 END, CASE WHEN $10 = 'code' THEN e.code ELSE '' END, e.unit, e.code
LIMIT $9 OFFSET $11
