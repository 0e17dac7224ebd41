-- The newest statement up to $2 of each cell of an indicator at these units, periods and breakdowns.
SELECT said FROM (
    SELECT concat_ws('|',
           o.seq, o.ordinal, o.indicator, o.unit, o.period, o.breakdown, o.measure, o.source, o.kind,
           COALESCE(CAST(o.mantissa AS TEXT), ''), COALESCE(CAST(o.scale AS TEXT), ''),
           COALESCE(CAST(o.upper_mantissa AS TEXT), ''), COALESCE(CAST(o.upper_scale AS TEXT), ''),
           COALESCE(CAST(o.of_mantissa AS TEXT), ''), COALESCE(CAST(o.of_scale AS TEXT), ''),
           COALESCE(CAST(o.share_mantissa AS TEXT), ''), COALESCE(CAST(o.share_scale AS TEXT), ''), o.status,
           COALESCE(o.qualifier, ''), o.synthetic, c.recorded_at, COALESCE(o.publisher, '')) AS said,
        ROW_NUMBER() OVER (PARTITION BY o.unit, o.period, o.breakdown, o.measure, o.source ORDER BY o.seq DESC, o.ordinal DESC) AS newest
    FROM observation o
    JOIN committed c ON c.seq = o.seq
    WHERE o.indicator = $1 AND o.seq <= $2
        AND o.unit IN (SELECT unnest($3::text[])) AND o.period IN (SELECT unnest($4::text[]))
        AND o.breakdown IN (SELECT unnest($5::text[]))
) statement
WHERE newest = 1
