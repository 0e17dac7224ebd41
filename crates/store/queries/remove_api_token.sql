DELETE FROM api_token WHERE account = $1 AND id = $2
