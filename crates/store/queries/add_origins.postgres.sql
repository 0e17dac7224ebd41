INSERT INTO origin (seq, ordinal, kind, label_vi, label_en, submission, section, reason, actor)
SELECT $1, given.*
FROM unnest(
    $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::bigint[]
) given
