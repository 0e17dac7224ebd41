DELETE FROM beside_measured WHERE submission = $1 AND cell = $2
