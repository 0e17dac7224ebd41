SELECT service, step, channel, bot, CAST(SUM(events) AS BIGINT), CAST(SUM(dossiers) AS BIGINT)
FROM beacon_count
WHERE portal = $1 AND span = 'day' AND begins >= $2 AND begins < $3 AND service <> ''
GROUP BY service, step, channel, bot
ORDER BY service, step, channel, bot
