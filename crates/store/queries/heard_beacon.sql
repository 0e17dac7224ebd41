INSERT INTO beacon_heard (portal, at) VALUES ($1, $2)
ON CONFLICT (portal) DO UPDATE SET at = CASE WHEN excluded.at > beacon_heard.at THEN excluded.at ELSE beacon_heard.at END
