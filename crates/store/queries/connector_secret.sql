SELECT sealed FROM connector_secret WHERE connector = $1
