INSERT INTO beside_measured (submission, cell, typed_blind, cause) VALUES ($1, $2, $3, $4)
