INSERT INTO beacon_count (portal, span, service, begins, step, channel, bot, events, dossiers, visitors)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[],
    $10::text[]
)
ON CONFLICT (portal, span, service, begins, step, channel, bot) DO UPDATE SET
    events = beacon_count.events + excluded.events, dossiers = beacon_count.dossiers + excluded.dossiers,
    visitors = COALESCE(excluded.visitors, beacon_count.visitors)
