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
