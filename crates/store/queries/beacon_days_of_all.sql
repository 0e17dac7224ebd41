SELECT portal, service, begins, step, channel, bot, events, dossiers, visitors
FROM beacon_count
WHERE span = 'day' AND portal = $1
