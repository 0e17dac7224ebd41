SELECT service, begins, channel, dossiers
FROM beacon_count
WHERE
    portal = $1 AND span = 'day' AND begins >= $2 AND begins < $3 AND step = $4 AND bot = 0 AND service <> ''
    AND dossiers > 0
ORDER BY service, begins, channel
