-- What the units below others come to, of what was stated for the period itself: the newest statement of each cell up
-- to $4, then one group a scale, because a sum is exact at one scale only. The halves of a sum keep it inside BIGINT. The one window is over the rows of
-- a unit, and what goes over units can be put together from parts: both can be done where the rows are.
WITH made AS (
    SELECT * FROM unnest($5::bigint[], $6::text[], $7::text[], $8::bigint[]) given (shape, unit, leaf, position)
), span AS (
    SELECT * FROM unnest($9::text[], $10::bigint[]) given (period, shape)
), said AS (
    SELECT o.unit, o.period, o.kind, o.mantissa, o.scale, o.status, o.synthetic, o.publisher, o.seq,
        ROW_NUMBER() OVER (PARTITION BY o.unit, o.period ORDER BY o.seq DESC, o.ordinal DESC) AS newest
    FROM observation o
    WHERE o.indicator = $1 AND o.breakdown = $2 AND o.source = $3 AND o.measure = 'level' AND o.seq <= $4
        AND o.period IN (SELECT period FROM span) AND o.unit IN (SELECT leaf FROM made)
), total AS (
    SELECT m.unit AS above, s.period, s.kind, s.scale, COUNT(*) AS leaves,
        CAST(SUM(s.mantissa >> 32) AS BIGINT) AS high, CAST(SUM(s.mantissa & 4294967295) AS BIGINT) AS low,
        MAX(s.mantissa) AS greatest, MAX(s.seq) AS seq, MAX(s.synthetic) AS synthetic,
        MIN(CASE s.status WHEN 'estimated' THEN 0 WHEN 'provisional' THEN 1 ELSE 2 END) AS weakest,
        MAX((lpad(s.seq::text, 19, '0') || '|' || lpad(m.position::text, 9, '0') || '|' || COALESCE(s.publisher, '')) COLLATE "C") AS latest
    FROM said s
    JOIN span p ON p.period = s.period
    JOIN made m ON m.shape = p.shape AND m.leaf = s.unit
    WHERE s.newest = 1 AND s.kind IN ('number', 'not_applicable')
    GROUP BY m.unit, s.period, s.kind, s.scale
)
SELECT t.above, t.period, t.kind, t.scale, t.leaves, t.high, t.low, t.greatest, t.seq, c.recorded_at, t.synthetic,
    t.weakest, t.latest
FROM total t
JOIN committed c ON c.seq = t.seq
