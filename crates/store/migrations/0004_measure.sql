-- Giải trình: what a body was asked about a reported and a measured number, and what came of it. Steps are only added;
-- `seq` is the place of the record at which a step saw the two numbers. Days are those of Vietnam.
CREATE TABLE explanation (
    id BIGINT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    indicator TEXT NOT NULL,
    unit TEXT NOT NULL,
    period TEXT NOT NULL,
    standing TEXT NOT NULL,
    due TEXT NOT NULL,
    outcome TEXT
);
CREATE INDEX explanation_by_body ON explanation (body);
CREATE INDEX explanation_by_number ON explanation (indicator, unit, period);

CREATE TABLE explanation_step (
    explanation BIGINT NOT NULL REFERENCES explanation (id),
    ordinal BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    words TEXT NOT NULL,
    due TEXT,
    cause TEXT,
    answer TEXT,
    outcome TEXT,
    PRIMARY KEY (explanation, ordinal)
);
-- What portals tell of themselves, counted. The events lie in the log of each server; here is up to where they were counted.
CREATE TABLE beacon_position (
    log TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
);

-- Events of a minute, an hour or a day (of UTC+7) by what they were; service '' is the whole portal. Dossiers are those
-- that came to the step for the first time; visitors is a sketch that merges.
CREATE TABLE beacon_count (
    portal TEXT NOT NULL,
    span TEXT NOT NULL,
    service TEXT NOT NULL,
    begins BIGINT NOT NULL,
    step TEXT NOT NULL,
    channel TEXT NOT NULL,
    bot BIGINT NOT NULL,
    events BIGINT NOT NULL,
    dossiers BIGINT NOT NULL,
    visitors TEXT,
    PRIMARY KEY (portal, span, service, begins, step, channel, bot)
);
CREATE INDEX beacon_count_by_time ON beacon_count (portal, span, begins);

-- Dossiers that came to a step: each counts once.
CREATE TABLE beacon_dossier (
    portal TEXT NOT NULL,
    step TEXT NOT NULL,
    bot BIGINT NOT NULL,
    dossier TEXT NOT NULL,
    PRIMARY KEY (portal, step, bot, dossier)
);

-- When the last counted event of a portal happened.
CREATE TABLE beacon_heard (
    portal TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

-- Events that were not counted, by day and reason; portal '' where it is not known whose they were.
CREATE TABLE beacon_refused (
    portal TEXT NOT NULL,
    day BIGINT NOT NULL,
    reason TEXT NOT NULL,
    events BIGINT NOT NULL,
    PRIMARY KEY (portal, day, reason)
);
-- Registers: what a unit offers and runs. Each row is one statement about an entry that holds from a day (`since`, as
-- 20240731) on; the last statement of a day or earlier stands. `content` is what the register's fields say, in JSON; it
-- is null from the day on which the unit no longer has the entry. `search` and `words` are what it is found by.
CREATE TABLE register_entry (
    register TEXT NOT NULL,
    unit TEXT NOT NULL,
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    seq BIGINT NOT NULL REFERENCES committed (seq),
    since BIGINT NOT NULL,
    content TEXT,
    search TEXT NOT NULL,
    words TEXT NOT NULL,
    synthetic BIGINT NOT NULL,
    changed_by BIGINT,
    PRIMARY KEY (register, unit, code, version)
);

-- Days of dossiers that a portal has sent (`day` as 20240731): a day that is sent again is the next version, and the one
-- before it stays. A day that is not here is unknown; a day without counts had none.
CREATE TABLE dossier_day (
    portal TEXT NOT NULL,
    day BIGINT NOT NULL,
    version BIGINT NOT NULL,
    seq BIGINT NOT NULL REFERENCES committed (seq),
    dossiers BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (portal, day, version)
);

CREATE TABLE dossier_count (
    portal TEXT NOT NULL,
    day BIGINT NOT NULL,
    version BIGINT NOT NULL,
    service TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    dossiers BIGINT NOT NULL,
    PRIMARY KEY (portal, day, version, service, channel, state)
);
-- What runs of connectors did, in the order in which they began; a batch that a system sent is a run too. None of it is
-- a figure: figures are in the record, with the run's number in their origin.
CREATE TABLE connector_run (
    id BIGINT NOT NULL PRIMARY KEY,
    connector TEXT NOT NULL,
    cause TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    due_at BIGINT,
    period TEXT,
    actor BIGINT,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    outcome TEXT,
    bytes BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    figures BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    seq BIGINT,
    error_code TEXT,
    error_vi TEXT,
    error_en TEXT,
    push_key TEXT,
    push_hash TEXT
);
CREATE INDEX connector_run_by_connector ON connector_run (connector, id);
CREATE UNIQUE INDEX connector_run_by_key ON connector_run (connector, push_key);

-- The secret of a connector, sealed with a key that is not in the database. The last one only: a secret has no history.
CREATE TABLE connector_secret (
    connector TEXT NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL,
    set_at BIGINT NOT NULL
);
