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
