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
