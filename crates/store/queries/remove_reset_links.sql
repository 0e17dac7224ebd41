DELETE FROM reset_link WHERE account = $1
