-- The denormalised analytics table of a common reporting system: one row a value, a text column for each
-- of its 23 period types (those shorter than a month are empty here) and each level, a table a year, an
-- index on each. Filled by the rule of crates/cube/examples/measure.rs.
SET maintenance_work_mem = '512MB';
SET work_mem = '256MB';

CREATE UNLOGGED TABLE analytics (
    dx TEXT NOT NULL,
    ou TEXT NOT NULL,
    uidlevel1 TEXT NOT NULL,
    uidlevel2 TEXT NOT NULL,
    uidlevel3 TEXT NOT NULL,
    uidlevel4 TEXT NOT NULL,
    uidlevel5 TEXT NOT NULL,
    daily TEXT,
    weekly TEXT,
    weeklywednesday TEXT,
    weeklythursday TEXT,
    weeklysaturday TEXT,
    weeklysunday TEXT,
    biweekly TEXT,
    weeklyfriday TEXT,
    monthly TEXT,
    bimonthly TEXT,
    quarterly TEXT,
    quarterlynov TEXT,
    sixmonthly TEXT,
    sixmonthlyapril TEXT,
    sixmonthlynov TEXT,
    yearly TEXT,
    financialfeb TEXT,
    financialapril TEXT,
    financialjuly TEXT,
    financialaug TEXT,
    financialsep TEXT,
    financialoct TEXT,
    financialnov TEXT,
    year INTEGER NOT NULL,
    value DOUBLE PRECISION NOT NULL
) PARTITION BY LIST (year);
CREATE UNLOGGED TABLE analytics_2020 PARTITION OF analytics FOR VALUES IN (2020);
CREATE UNLOGGED TABLE analytics_2021 PARTITION OF analytics FOR VALUES IN (2021);
CREATE UNLOGGED TABLE analytics_2022 PARTITION OF analytics FOR VALUES IN (2022);
CREATE UNLOGGED TABLE analytics_2023 PARTITION OF analytics FOR VALUES IN (2023);
CREATE UNLOGGED TABLE analytics_2024 PARTITION OF analytics FOR VALUES IN (2024);

INSERT INTO analytics
SELECT
    'I' || lpad(i::text, 3, '0'),
    lpad((c + 1)::text, 5, '0'),
    'VN',
    'R' || (p * 6 / 63 + 1),
    lpad((p + 1)::text, 2, '0'),
    lpad((d + 1)::text, 3, '0'),
    lpad((c + 1)::text, 5, '0'),
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    y || lpad((m % 12 + 1)::text, 2, '0'),
    y || lpad((m % 12 / 2 + 1)::text, 2, '0') || 'B',
    y || 'Q' || (m % 12 / 3 + 1),
    (2020 + (m + 2) / 12) || 'NovQ' || ((m + 2) % 12 / 3 + 1),
    y || 'S' || (m % 12 / 6 + 1),
    (2020 + (m - 3) / 12) || 'AprilS' || ((m + 9) % 12 / 6 + 1),
    (2020 + (m + 2) / 12) || 'NovS' || ((m + 2) % 12 / 6 + 1),
    y,
    (2020 + (m - 1) / 12) || 'Feb',
    (2020 + (m - 3) / 12) || 'April',
    (2020 + (m - 6) / 12) || 'July',
    (2020 + (m - 7) / 12) || 'Aug',
    (2020 + (m - 8) / 12) || 'Sep',
    (2020 + (m - 9) / 12) || 'Oct',
    (2020 + (m - 10) / 12) || 'Nov',
    2020 + m / 12,
    (i * 7919 + m * 104729 + c::bigint * 1299709) % 100003 / 10.0
FROM
    generate_series(0, :indicators - 1) AS i,
    generate_series(0, 59) AS m,
    (
        SELECT c, c * 700 / 11000 AS d, c * 700 / 11000 * 63 / 700 AS p
        FROM generate_series(0, 10999) AS c
        WHERE c * 7 % 1000 < :in_1000
    ) AS place,
    LATERAL (SELECT (2020 + m / 12)::text AS y) AS named;

CREATE INDEX ON analytics (dx);
CREATE INDEX ON analytics (ou);
CREATE INDEX ON analytics (uidlevel1);
CREATE INDEX ON analytics (uidlevel2);
CREATE INDEX ON analytics (uidlevel3);
CREATE INDEX ON analytics (uidlevel4);
CREATE INDEX ON analytics (uidlevel5);
CREATE INDEX ON analytics (daily);
CREATE INDEX ON analytics (weekly);
CREATE INDEX ON analytics (weeklywednesday);
CREATE INDEX ON analytics (weeklythursday);
CREATE INDEX ON analytics (weeklysaturday);
CREATE INDEX ON analytics (weeklysunday);
CREATE INDEX ON analytics (biweekly);
CREATE INDEX ON analytics (weeklyfriday);
CREATE INDEX ON analytics (monthly);
CREATE INDEX ON analytics (bimonthly);
CREATE INDEX ON analytics (quarterly);
CREATE INDEX ON analytics (quarterlynov);
CREATE INDEX ON analytics (sixmonthly);
CREATE INDEX ON analytics (sixmonthlyapril);
CREATE INDEX ON analytics (sixmonthlynov);
CREATE INDEX ON analytics (yearly);
CREATE INDEX ON analytics (financialfeb);
CREATE INDEX ON analytics (financialapril);
CREATE INDEX ON analytics (financialjuly);
CREATE INDEX ON analytics (financialaug);
CREATE INDEX ON analytics (financialsep);
CREATE INDEX ON analytics (financialoct);
CREATE INDEX ON analytics (financialnov);
VACUUM ANALYZE analytics;
