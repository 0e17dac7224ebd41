SELECT id, at, text_vi, text_en, href, read_at FROM notice WHERE account = $1 ORDER BY at DESC, id DESC LIMIT CAST($2 AS BIGINT)
