-- Every version of one kind that a reader of the record at $2 could have seen, the oldest of each code first.
SELECT code, content FROM definition WHERE kind = $1 AND seq <= $2 ORDER BY code, version
