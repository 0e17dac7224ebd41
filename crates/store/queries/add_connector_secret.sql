INSERT INTO connector_secret (connector, sealed, set_at) VALUES ($1, $2, $3)
