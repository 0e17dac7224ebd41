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
