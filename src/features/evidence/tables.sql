-- features/evidence/tables.sql: exhibits, their files, their way, what was corrected, and who read them.

CREATE TABLE exhibit (
    space TEXT NOT NULL,
    subject TEXT NOT NULL,
    lane TEXT NOT NULL,
    node TEXT NOT NULL,       -- who took it in
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,  -- text_sort_key()
    description TEXT NOT NULL,
    kind TEXT NOT NULL,
    obtained TEXT NOT NULL,   -- JSON, as the act has it
    obtained_at BIGINT NOT NULL, -- 0: nobody knows
    languages TEXT NOT NULL,  -- JSON
    protected BIGINT NOT NULL,
    harmful BIGINT NOT NULL,
    conditions TEXT NOT NULL, -- JSON
    files BIGINT NOT NULL,
    size BIGINT NOT NULL,
    first_type TEXT NOT NULL, -- media type of the first file
    added BIGINT NOT NULL,
    added_by TEXT NOT NULL,
    leaf BYTEA NOT NULL,      -- of the record that added it
    sealed TEXT,              -- JSON {time, node, person, number, reason, confirmed}; NULL: not sealed
    holes BIGINT NOT NULL,    -- erased records among its own
    tag TEXT NOT NULL,        -- entity_tag()
    contested TEXT,           -- JSON {field: [values]}
    PRIMARY KEY (space, subject)
);
CREATE INDEX exhibit_number ON exhibit (space, number, subject);
CREATE INDEX exhibit_added ON exhibit (space, added, subject);
CREATE INDEX exhibit_title ON exhibit (space, title_key, subject);

CREATE TABLE exhibit_file (
    space TEXT NOT NULL,
    subject TEXT NOT NULL,
    n BIGINT NOT NULL,       -- from 1
    sha256 TEXT NOT NULL,    -- 64 hex
    size BIGINT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    media_type TEXT NOT NULL,
    modified TEXT,           -- as the act has it; NULL: its source did not say
    PRIMARY KEY (space, subject, n)
);
CREATE INDEX exhibit_file_hash ON exhibit_file (space, sha256);

CREATE TABLE exhibit_step (
    space TEXT NOT NULL,
    subject TEXT NOT NULL,
    place BIGINT NOT NULL,   -- in canonical order
    kind TEXT NOT NULL,      -- taken_in, extended, corrected, sealed
    time BIGINT NOT NULL,
    height BIGINT NOT NULL,
    node TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    person TEXT NOT NULL,
    leaf BYTEA NOT NULL,
    confirmed TEXT NOT NULL, -- person, machine, none, not_needed
    alone BIGINT NOT NULL,   -- 0: neither it nor the step before came first
    detail TEXT NOT NULL,    -- JSON {text?, what?, files?}
    PRIMARY KEY (space, subject, place)
);

CREATE TABLE exhibit_change (
    space TEXT NOT NULL,
    subject TEXT NOT NULL,
    place BIGINT NOT NULL,   -- of the step
    field TEXT NOT NULL,
    value TEXT NOT NULL,     -- JSON
    was TEXT NOT NULL,       -- JSON
    reason TEXT NOT NULL,
    PRIMARY KEY (space, subject, place, field)
);

CREATE TABLE reading (
    space TEXT NOT NULL,
    subject TEXT NOT NULL,   -- the reading's own
    exhibit TEXT NOT NULL,   -- the exhibit's subject
    lane TEXT NOT NULL,      -- in which the reading lies
    lies_in TEXT NOT NULL,   -- in which the exhibit lies
    what TEXT NOT NULL,
    files TEXT NOT NULL,     -- JSON
    reason TEXT NOT NULL,
    time BIGINT NOT NULL,
    height BIGINT NOT NULL,
    node TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    person TEXT NOT NULL,
    leaf BYTEA NOT NULL,
    PRIMARY KEY (space, subject)
);
CREATE INDEX reading_exhibit ON reading (space, exhibit, height);
CREATE INDEX reading_person ON reading (space, exhibit, person);
