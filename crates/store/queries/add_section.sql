INSERT INTO section (submission, section, ordinal, state) VALUES ($1, $2, $3, 'draft')
