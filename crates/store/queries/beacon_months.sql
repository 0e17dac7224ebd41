SELECT begins, step, channel, bot, events, dossiers, visits
FROM beacon_month
WHERE portal = $1 AND service = $2 AND begins >= $3 AND begins < $4
ORDER BY begins, step, channel, bot
