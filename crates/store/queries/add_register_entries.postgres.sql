INSERT INTO register_entry (register, seq, changed_by, unit, code, version, since, content, search, words, synthetic)
SELECT $1, $2, $3, given.*
FROM unnest(
    $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::bigint[]
) given
