INSERT INTO origin (seq, ordinal, kind, label_vi, label_en, submission, section, reason, actor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
