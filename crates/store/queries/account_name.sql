SELECT name FROM account WHERE id = $1
