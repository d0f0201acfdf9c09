-- features/exports/tables.sql: what was exported, by whom, confirmed how.

CREATE TABLE export (
    space TEXT NOT NULL,
    subject TEXT NOT NULL,
    id TEXT NOT NULL,
    lane TEXT NOT NULL,
    scope TEXT NOT NULL,     -- whole, chosen
    exhibits TEXT NOT NULL,  -- JSON list of subjects
    exhibit_count BIGINT NOT NULL,
    readings BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    time BIGINT NOT NULL,
    height BIGINT NOT NULL,
    node TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    person TEXT NOT NULL,
    leaf BYTEA NOT NULL,
    confirmed BIGINT NOT NULL, -- by a person
    PRIMARY KEY (space, subject)
);
CREATE INDEX export_time ON export (space, time, subject);
CREATE INDEX export_id ON export (id);

CREATE TABLE export_exhibit (
    space TEXT NOT NULL,
    export TEXT NOT NULL,    -- subject
    exhibit TEXT NOT NULL,   -- subject
    PRIMARY KEY (space, export, exhibit)
);
CREATE INDEX export_exhibit_of ON export_exhibit (space, exhibit);
