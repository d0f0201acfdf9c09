-- node/local.sql: what this node keeps for itself, and what no record says: jobs, uploads on their way in, anchors
-- (sessions and the use of passkeys and tokens: people.sql, its own series of steps).
-- Everything else is a projection and can be rebuilt. Each "-- migration N" begins a step that runs once, in order, and
-- is never edited after a release. Times are Unix milliseconds. SQL that both SQLite and PostgreSQL read.

-- migration 1

-- What the node knows about itself, as text: own_space, own_lane, card_number.
CREATE TABLE node_value (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- Spaces' kinds come from charters; a lane's key does not, and is lost for good when its row is.
CREATE TABLE lane_key (lane TEXT PRIMARY KEY, wrapped BYTEA NOT NULL);

CREATE TABLE card (
    number BIGINT PRIMARY KEY,
    note TEXT NOT NULL,
    issued BIGINT NOT NULL
);

-- Work that takes longer than a request.
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    owner TEXT,
    arguments TEXT NOT NULL,
    state TEXT NOT NULL, -- waiting, running, done, failed
    progress_done BIGINT NOT NULL DEFAULT 0,
    progress_total BIGINT NOT NULL DEFAULT 0,
    result TEXT,
    code TEXT,
    detail TEXT,
    created BIGINT NOT NULL,
    started BIGINT,
    finished BIGINT
);
CREATE INDEX job_state ON job (state, created);

-- Files on their way in. `key` is the blob's key, wrapped; `path` is relative to uploads/.
CREATE TABLE upload (
    id TEXT PRIMARY KEY,
    space TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    relative_path TEXT,
    claimed_type TEXT,
    metadata TEXT,
    size BIGINT NOT NULL,
    chunks BIGINT NOT NULL DEFAULT 0, -- full chunks that are durable
    tail_size BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL, -- open, arrived, taken
    key BYTEA NOT NULL,
    sha256 TEXT,
    media_type TEXT,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX upload_owner ON upload (owner, created);
CREATE INDEX upload_expires ON upload (expires);

-- The bytes past the last full chunk, under a fresh key each time (design: no chunk index is ever encrypted twice).
CREATE TABLE upload_tail (
    upload TEXT PRIMARY KEY,
    key BYTEA NOT NULL,
    sealed BYTEA NOT NULL
);

-- Answers to writes that named an Idempotency-Key, for 24 hours.
CREATE TABLE idempotency (
    principal TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash BYTEA NOT NULL,
    status BIGINT,       -- NULL while the first request is still at work
    content_type TEXT,
    headers TEXT,
    body BYTEA,
    created BIGINT NOT NULL,
    PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_created ON idempotency (created);

-- Anchors: the node-wide log. Leaf i of the log is root || i.
CREATE TABLE anchor (
    number BIGINT PRIMARY KEY,
    root BYTEA NOT NULL,
    created BIGINT NOT NULL,
    checkpoint TEXT NOT NULL -- signed note of the anchors log at size number + 1
);
-- What each anchor covers: one row a feed whose checkpoint was in the tree.
CREATE TABLE anchor_feed (
    anchor BIGINT NOT NULL,
    place BIGINT NOT NULL, -- leaf index in the anchor's tree, ascending by log origin
    lane TEXT NOT NULL,
    node TEXT NOT NULL,
    epoch TEXT NOT NULL,
    size BIGINT NOT NULL,
    leaf BYTEA NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (anchor, place)
);
CREATE INDEX anchor_feed_covers ON anchor_feed (lane, node, epoch, size);

-- What an audit found, newest kept.
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    started BIGINT NOT NULL,
    finished BIGINT NOT NULL,
    damages BIGINT NOT NULL,
    report TEXT NOT NULL
);

-- Which version of each feature's tables the rows were made by.
CREATE TABLE projection_version (feature TEXT PRIMARY KEY, version BIGINT NOT NULL);
