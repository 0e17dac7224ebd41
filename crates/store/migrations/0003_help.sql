-- Help from outside: cells of a form that another office is asked for, by a link (kept as its hash) or a file, and what it
-- answers. None of it is a draft until somebody of the body accepts it.
CREATE TABLE help (
    id BIGINT NOT NULL PRIMARY KEY,
    submission BIGINT NOT NULL REFERENCES submission (id),
    token_hash TEXT NOT NULL UNIQUE,
    office TEXT NOT NULL,
    note TEXT,
    asked_by BIGINT NOT NULL REFERENCES account (id),
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    sender_name TEXT,
    sender_office TEXT,
    sent_at BIGINT,
    withdrawn_at BIGINT
);
CREATE INDEX help_by_submission ON help (submission);

CREATE TABLE help_cell (
    help BIGINT NOT NULL REFERENCES help (id),
    cell TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    kind TEXT NOT NULL,
    mantissa BIGINT,
    scale SMALLINT,
    upper_mantissa BIGINT,
    upper_scale SMALLINT,
    text TEXT,
    note TEXT,
    decision TEXT,
    decided_by BIGINT,
    decided_at BIGINT,
    PRIMARY KEY (help, cell)
);
