INSERT INTO draft_cell (
    submission, updated_by, updated_at, written, cell, version, kind, mantissa, scale, upper_mantissa,
    upper_scale, text, note
)
SELECT
    $1, $2, $3, $4, value ->> 0, (value ->> 1)::bigint, value ->> 2, (value ->> 3)::bigint,
    (value ->> 4)::smallint, (value ->> 5)::bigint, (value ->> 6)::smallint, value ->> 7, value ->> 8
FROM json_array_elements($5::json)
WHERE true
ON CONFLICT (submission, cell) DO UPDATE SET
    version = excluded.version, kind = excluded.kind, mantissa = excluded.mantissa, scale = excluded.scale,
    upper_mantissa = excluded.upper_mantissa, upper_scale = excluded.upper_scale, text = excluded.text, note = excluded.note,
    updated_by = excluded.updated_by, updated_at = excluded.updated_at, written = excluded.written
