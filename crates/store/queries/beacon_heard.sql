SELECT portal, at FROM beacon_heard ORDER BY portal
