-- store/lane.sql: the tables behind lane_sql.h, for all lanes of a node. `lane` and `line` are short keys of this copy.

-- migration 1

CREATE TABLE ledger_lane (
    key BIGSERIAL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE, -- 64 hex
    space TEXT NOT NULL
);

CREATE TABLE ledger_line (
    key BIGSERIAL PRIMARY KEY,
    lane BIGINT NOT NULL REFERENCES ledger_lane (key),
    number BIGINT NOT NULL,
    node TEXT NOT NULL,
    epoch TEXT NOT NULL,
    parent BIGINT,  -- number; null: begins the feed
    start BIGINT NOT NULL,
    size BIGINT NOT NULL,
    placed BIGINT NOT NULL,
    stopped BIGINT, -- null: goes on
    attested BIGINT NOT NULL,
    own BIGINT NOT NULL,
    UNIQUE (lane, number)
);

-- Bytes as they came, in the order they came: this table only grows at its end.
CREATE TABLE ledger_body (
    key BIGSERIAL PRIMARY KEY,
    header BYTEA NOT NULL,
    act BYTEA,
    confirmation BYTEA
);

CREATE TABLE ledger_record (
    line BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    body BIGINT NOT NULL,
    leaf BYTEA NOT NULL,
    completed BYTEA, -- roots of the subtrees of 2, 4, 8... leaves that end here
    height BIGINT NOT NULL,
    time BIGINT NOT NULL,
    class BIGINT NOT NULL,
    reason TEXT NOT NULL,
    lasting BIGINT NOT NULL,
    attested BIGINT NOT NULL,
    has_act BIGINT NOT NULL,
    PRIMARY KEY (line, seq)
) WITHOUT ROWID;
CREATE INDEX ledger_record_lasting ON ledger_record (line, seq) WHERE lasting = 1;

-- Each record under its subject; heads last. A record that becomes a head, or is one no more, moves within its subject.
CREATE TABLE ledger_entry (
    lane BIGINT NOT NULL,
    subject TEXT NOT NULL,
    head BIGINT NOT NULL,
    height BIGINT NOT NULL,
    line BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (lane, subject, head, height, line, seq)
) WITHOUT ROWID;

-- The first 8 bytes of each leaf and of each act's hash, in runs (lane_sql_hash.c).
CREATE TABLE ledger_hash (
    run BIGINT NOT NULL,
    hash BIGINT NOT NULL,
    line BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (run, hash, line, seq)
) WITHOUT ROWID;

CREATE TABLE ledger_step (
    line BIGINT NOT NULL,
    cited BIGINT NOT NULL, -- number
    seq BIGINT NOT NULL,
    past BIGINT NOT NULL,
    named BIGINT NOT NULL,
    PRIMARY KEY (line, cited, seq)
) WITHOUT ROWID;
CREATE INDEX ledger_step_past ON ledger_step (line, cited, past, seq);

CREATE TABLE ledger_erased (
    lane BIGINT NOT NULL,
    node TEXT NOT NULL,
    act BYTEA NOT NULL,
    PRIMARY KEY (lane, node, act)
) WITHOUT ROWID;

CREATE TABLE ledger_early (
    lane BIGINT NOT NULL,
    node TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    root BYTEA NOT NULL,
    header BYTEA NOT NULL,
    act BYTEA,
    confirmation BYTEA,
    PRIMARY KEY (lane, node, epoch, seq, root)
);
