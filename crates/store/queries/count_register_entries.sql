-- How many entries of a register there are on a day, of one unit or all, that are found by these patterns.
SELECT count(*)
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
