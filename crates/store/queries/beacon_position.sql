SELECT position FROM beacon_position WHERE log = $1
