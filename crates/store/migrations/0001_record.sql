-- The record (append-only), drafts, people, and what an administrator changes while running.
-- Instants are microseconds since 1970 UTC; a number is mantissa / 10^scale; days are yyyymmdd.

CREATE TABLE head (
    one SMALLINT NOT NULL PRIMARY KEY CHECK (one = 1),
    seq BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
INSERT INTO head (one, seq, recorded_at) VALUES (1, 0, 0);

CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

-- One row for each commit that appended.
CREATE TABLE committed (
    seq BIGINT NOT NULL PRIMARY KEY,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX committed_by_instant ON committed (recorded_at);

-- What observations of a commit come from: a submission's section, a release, an import, a plan, the demonstration.
CREATE TABLE origin (
    seq BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    kind TEXT NOT NULL,
    label_vi TEXT NOT NULL,
    label_en TEXT NOT NULL,
    submission BIGINT,
    section TEXT,
    reason TEXT,
    actor BIGINT,
    PRIMARY KEY (seq, ordinal)
);

CREATE TABLE observation (
    seq BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    origin BIGINT NOT NULL,
    indicator TEXT NOT NULL,
    unit TEXT NOT NULL,
    period TEXT NOT NULL,
    period_start BIGINT NOT NULL,
    period_end BIGINT NOT NULL,
    breakdown TEXT NOT NULL,
    measure TEXT NOT NULL,
    source TEXT NOT NULL,
    publisher TEXT,
    kind TEXT NOT NULL,
    mantissa BIGINT,
    scale SMALLINT,
    upper_mantissa BIGINT,
    upper_scale SMALLINT,
    of_mantissa BIGINT,
    of_scale SMALLINT,
    share_mantissa BIGINT,
    share_scale SMALLINT,
    status TEXT NOT NULL,
    qualifier TEXT,
    synthetic SMALLINT NOT NULL,
    words TEXT,
    PRIMARY KEY (seq, ordinal)
);
CREATE INDEX observation_by_cell ON observation (indicator, unit, period);

-- Nhật ký: everything that happened, for the auditor.
CREATE TABLE event (
    seq BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor BIGINT,
    body TEXT,
    submission BIGINT,
    section TEXT,
    indicator TEXT,
    period TEXT,
    detail TEXT NOT NULL,
    PRIMARY KEY (seq, ordinal)
);
CREATE INDEX event_by_submission ON event (submission);

-- Units, bodies, indicators, templates: each change is the next version.
CREATE TABLE definition (
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (kind, code, version)
);

CREATE TABLE account (
    id BIGINT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    email TEXT,
    password TEXT,
    lang TEXT NOT NULL,
    disabled SMALLINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE granted (
    account BIGINT NOT NULL REFERENCES account (id),
    ordinal BIGINT NOT NULL,
    role TEXT NOT NULL,
    body TEXT,
    sectors TEXT NOT NULL,
    PRIMARY KEY (account, ordinal)
);

-- Secrets are kept as their hash.
CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE api_token (
    id BIGINT NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);

CREATE TABLE reset_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL REFERENCES account (id),
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE idempotency (
    account BIGINT NOT NULL,
    request_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    seq BIGINT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, request_key)
);
CREATE INDEX idempotency_by_instant ON idempotency (at);

CREATE TABLE submission (
    id BIGINT NOT NULL PRIMARY KEY,
    template TEXT NOT NULL,
    template_version BIGINT NOT NULL,
    body TEXT NOT NULL,
    period TEXT NOT NULL,
    cells_cursor BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (template, body, period)
);
CREATE INDEX submission_by_period ON submission (period);

CREATE TABLE section (
    submission BIGINT NOT NULL REFERENCES submission (id),
    section TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    state TEXT NOT NULL,
    moved_by BIGINT,
    moved_at BIGINT,
    signed_by BIGINT,
    reason TEXT,
    returned_from TEXT,
    PRIMARY KEY (submission, section)
);

-- Working rows, not in the record: the version of a cell tells the second writer that there was a first.
CREATE TABLE draft_cell (
    submission BIGINT NOT NULL REFERENCES submission (id),
    cell TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    mantissa BIGINT,
    scale SMALLINT,
    upper_mantissa BIGINT,
    upper_scale SMALLINT,
    text TEXT,
    note TEXT,
    updated_by BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    written BIGINT NOT NULL,
    PRIMARY KEY (submission, cell)
);
CREATE INDEX draft_cell_by_cursor ON draft_cell (submission, written);

CREATE TABLE notice (
    id BIGINT NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    text_vi TEXT NOT NULL,
    text_en TEXT NOT NULL,
    href TEXT NOT NULL,
    read_at BIGINT
);
CREATE INDEX notice_by_account ON notice (account, at);

CREATE TABLE return_reason (
    id BIGINT NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL REFERENCES account (id),
    text TEXT NOT NULL
);

CREATE TABLE reminder (
    id BIGINT NOT NULL PRIMARY KEY,
    template TEXT NOT NULL,
    period TEXT NOT NULL,
    body TEXT NOT NULL,
    sent_by BIGINT,
    sent_at BIGINT NOT NULL,
    mailed_at BIGINT
);
CREATE INDEX reminder_by_period ON reminder (template, period);

-- Small facts about this installation, such as whether it is a demonstration.
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
