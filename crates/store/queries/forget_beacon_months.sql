DELETE FROM beacon_month WHERE portal = $1
