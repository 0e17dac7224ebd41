-- The units of which a register has ever said anything.
SELECT DISTINCT unit FROM register_entry WHERE register = $1 ORDER BY unit
