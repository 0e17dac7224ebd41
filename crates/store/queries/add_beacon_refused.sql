INSERT INTO beacon_refused (portal, day, reason, events) VALUES ($1, $2, $3, $4)
ON CONFLICT (portal, day, reason) DO UPDATE SET events = beacon_refused.events + excluded.events
