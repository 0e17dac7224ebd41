INSERT INTO draft_cell (
    submission, updated_by, updated_at, written, cell, version, kind, mantissa, scale, upper_mantissa,
    upper_scale, text, note
)
SELECT
    $1, $2, $3, $4, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
    value ->> 7, value ->> 8
FROM jsonb_each($5)
WHERE true
ON CONFLICT (submission, cell) DO UPDATE SET
    version = excluded.version, kind = excluded.kind, mantissa = excluded.mantissa, scale = excluded.scale,
    upper_mantissa = excluded.upper_mantissa, upper_scale = excluded.upper_scale, text = excluded.text, note = excluded.note,
    updated_by = excluded.updated_by, updated_at = excluded.updated_at, written = excluded.written
