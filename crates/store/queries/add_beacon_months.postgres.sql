INSERT INTO beacon_month (portal, service, begins, step, channel, bot, events, dossiers, visits)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[]
)
ON CONFLICT (portal, service, begins, step, channel, bot) DO UPDATE SET
    events = beacon_month.events + excluded.events, dossiers = beacon_month.dossiers + excluded.dossiers,
    visits = beacon_month.visits + excluded.visits
