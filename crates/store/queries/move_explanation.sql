UPDATE explanation SET standing = $2, due = $3, outcome = $4 WHERE id = $1
