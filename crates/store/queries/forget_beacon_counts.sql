DELETE FROM beacon_count WHERE portal = $1 AND span = $2 AND begins < $3
