-- The digests of a week that have not gone out by e-mail; those of earlier weeks are of no use any more.
SELECT account, week, subject, text FROM digest WHERE mailed_at IS NULL AND week >= $1 ORDER BY account
