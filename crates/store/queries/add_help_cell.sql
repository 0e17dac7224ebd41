INSERT INTO help_cell (help, cell, ordinal, kind) VALUES ($1, $2, $3, 'empty')
