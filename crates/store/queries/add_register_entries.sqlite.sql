INSERT INTO register_entry (register, seq, changed_by, unit, code, version, since, content, search, words, synthetic)
SELECT
    $1, $2, $3, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
FROM jsonb_each($4)
