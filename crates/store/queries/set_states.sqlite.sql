UPDATE section SET
    state = value ->> 1, moved_by = value ->> 2, moved_at = value ->> 3, signed_by = value ->> 4,
    reason = value ->> 5, returned_from = value ->> 6
FROM jsonb_each($2)
WHERE section.submission = $1 AND section.section = value ->> 0
