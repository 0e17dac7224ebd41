SELECT id, template, period, body, sent_by, sent_at, mailed_at FROM reminder WHERE mailed_at IS NULL ORDER BY id
