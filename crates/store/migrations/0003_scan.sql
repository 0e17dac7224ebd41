-- Bản ký: the signed paper of a form as it was scanned, in base64, so that a backup has it like everything else.
-- A later scan stands beside the earlier ones.
CREATE TABLE scan (
    id BIGINT NOT NULL PRIMARY KEY,
    submission BIGINT NOT NULL REFERENCES submission (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    added_by BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX scan_by_submission ON scan (submission);
