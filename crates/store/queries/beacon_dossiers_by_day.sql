SELECT portal, service, begins, channel, dossiers
FROM beacon_count
WHERE span = 'day' AND step = $1 AND begins >= $2 AND begins < $3 AND bot = 0 AND service <> '' AND dossiers > 0
ORDER BY portal, service, begins, channel
