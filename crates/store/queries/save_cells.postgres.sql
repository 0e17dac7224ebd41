INSERT INTO draft_cell (
    submission, updated_by, updated_at, written, cell, version, kind, mantissa, scale, upper_mantissa,
    upper_scale, text, note
)
SELECT $1, $2, $3, $4, given.*
FROM unnest(
    $5::text[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[],
    $13::text[]
) given
ON CONFLICT (submission, cell) DO UPDATE SET
    version = excluded.version, kind = excluded.kind, mantissa = excluded.mantissa, scale = excluded.scale,
    upper_mantissa = excluded.upper_mantissa, upper_scale = excluded.upper_scale, text = excluded.text, note = excluded.note,
    updated_by = excluded.updated_by, updated_at = excluded.updated_at, written = excluded.written
