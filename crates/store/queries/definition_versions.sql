SELECT code, MAX(version) FROM definition WHERE kind = $1 GROUP BY code
