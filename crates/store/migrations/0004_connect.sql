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
