-- A number of our own, held until the transaction ends; a lock on the table would need the table.
SELECT pg_advisory_xact_lock(20240805)
