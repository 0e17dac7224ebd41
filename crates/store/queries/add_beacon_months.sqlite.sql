INSERT INTO beacon_month (portal, service, begins, step, channel, bot, events, dossiers, visits)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8
FROM jsonb_each($1)
WHERE true
ON CONFLICT (portal, service, begins, step, channel, bot) DO UPDATE SET
    events = beacon_month.events + excluded.events, dossiers = beacon_month.dossiers + excluded.dossiers,
    visits = beacon_month.visits + excluded.visits
