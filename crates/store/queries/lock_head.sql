-- The first statement of every writing transaction: writers of a cluster queue here.
UPDATE head SET seq = seq RETURNING seq, recorded_at
