SELECT day, reason, events FROM beacon_refused WHERE portal = $1 AND day >= $2 AND day < $3 ORDER BY day, reason
