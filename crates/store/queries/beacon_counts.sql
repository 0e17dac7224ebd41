SELECT begins, step, channel, bot, events, dossiers, visitors
FROM beacon_count
WHERE portal = $1 AND span = $2 AND service = $3 AND begins >= $4 AND begins < $5
ORDER BY begins, step, channel, bot
