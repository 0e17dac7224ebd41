-- Who acts for whom while they are away: by days of Vietnam, both included. Nothing is taken out: what was ended stays.
CREATE TABLE delegation (
    id BIGINT NOT NULL PRIMARY KEY,
    giver BIGINT NOT NULL REFERENCES account (id),
    deputy BIGINT NOT NULL REFERENCES account (id),
    body TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_by BIGINT,
    ended_at BIGINT
);
CREATE INDEX delegation_by_deputy ON delegation (deputy);

-- The digest of a week that a person was sent, by its Monday, and whether it went out by e-mail.
CREATE TABLE digest (
    account BIGINT NOT NULL REFERENCES account (id),
    week TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    mailed_at BIGINT,
    PRIMARY KEY (account, week)
);

-- Of a cell with a measured number beside it: what its writer typed before seeing that number (digits with a dot), and
-- why theirs differs. Working rows like those of draft_cell.
CREATE TABLE beside_measured (
    submission BIGINT NOT NULL REFERENCES submission (id),
    cell TEXT NOT NULL,
    typed_blind TEXT,
    cause TEXT,
    PRIMARY KEY (submission, cell)
);

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
