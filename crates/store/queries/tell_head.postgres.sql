-- Heard by the other servers after the commit, and only then.
SELECT pg_notify($1, $2)
