DELETE FROM granted WHERE account = $1
