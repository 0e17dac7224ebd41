SELECT cell, typed_blind, cause FROM beside_measured WHERE submission = $1 ORDER BY cell
