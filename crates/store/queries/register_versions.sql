-- How often each entry of a unit was stated; an entry that is gone counts too.
SELECT code, max(version) FROM register_entry WHERE register = $1 AND unit = $2 GROUP BY code
