SELECT given.place - 1, kept.visitors
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
    WITH ORDINALITY given (portal, span, service, begins, step, channel, bot, place)
JOIN beacon_count kept USING (portal, span, service, begins, step, channel, bot)
WHERE kept.visitors IS NOT NULL
