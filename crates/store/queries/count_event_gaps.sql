-- Ordinals are unique in a commit, so they have no gap exactly when they run from 0 to their number less one.
SELECT COUNT(*) FROM (
    SELECT seq FROM event GROUP BY seq HAVING MIN(ordinal) <> 0 OR MAX(ordinal) <> COUNT(*) - 1
) gap
