-- features/cases/tables.sql: the covers of the cases, and who was let in by whom.

CREATE TABLE case_cover (
    space TEXT PRIMARY KEY,
    lane TEXT NOT NULL,
    subject TEXT NOT NULL,
    reference TEXT NOT NULL,
    reference_key TEXT NOT NULL, -- text_sort_key()
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,
    offence TEXT NOT NULL,
    summary TEXT NOT NULL,
    status TEXT NOT NULL,     -- open, closed
    opened BIGINT NOT NULL,
    opened_leaf BYTEA NOT NULL,
    opener TEXT NOT NULL,     -- the person's id in the space
    changed BIGINT NOT NULL,
    tag TEXT NOT NULL,        -- entity_tag()
    contested TEXT            -- JSON {field: [values]}; NULL where nothing is
);
CREATE INDEX case_cover_status ON case_cover (status, changed);
CREATE UNIQUE INDEX case_cover_subject ON case_cover (subject, lane);

CREATE TABLE case_member (
    space TEXT NOT NULL,
    who TEXT NOT NULL, -- id in the space
    since BIGINT NOT NULL,
    node TEXT NOT NULL,
    added_by TEXT NOT NULL,
    leaf BYTEA NOT NULL,
    PRIMARY KEY (space, who)
);
