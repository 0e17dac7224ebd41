SELECT service, step, channel, bot, CAST(SUM(events) AS BIGINT), CAST(SUM(dossiers) AS BIGINT)
FROM beacon_month
WHERE portal = $1 AND begins >= $2 AND begins < $3 AND service <> ''
GROUP BY service, step, channel, bot
ORDER BY service, step, channel, bot
