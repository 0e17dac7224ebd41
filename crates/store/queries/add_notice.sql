INSERT INTO notice (id, account, at, text_vi, text_en, href, read_at) VALUES ($1, $2, $3, $4, $5, $6, NULL)
