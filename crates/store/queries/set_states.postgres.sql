UPDATE section SET
    state = given.state, moved_by = given.moved_by, moved_at = given.moved_at, signed_by = given.signed_by,
    reason = given.reason, returned_from = given.returned_from
FROM unnest(
    $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[]
) given (section, state, moved_by, moved_at, signed_by, reason, returned_from)
WHERE section.submission = $1 AND section.section = given.section
