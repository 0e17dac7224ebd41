INSERT INTO beacon_count (portal, span, service, begins, step, channel, bot, events, dossiers, visitors)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8,
    value ->> 9
FROM jsonb_each($1)
WHERE true
ON CONFLICT (portal, span, service, begins, step, channel, bot) DO UPDATE SET
    events = beacon_count.events + excluded.events, dossiers = beacon_count.dossiers + excluded.dossiers,
    visitors = COALESCE(excluded.visitors, beacon_count.visitors)
