-- node/local.sql: what this node keeps for itself, and what no record says: jobs, uploads on their way in, anchors
-- (sessions and the use of passkeys and tokens: people.sql, its own series of steps).
-- Everything else is a projection and can be rebuilt. Each "-- migration N" begins a step that runs once, in order, and
-- is never edited after a release. Times are Unix milliseconds. SQL that both SQLite and PostgreSQL read.

-- migration 1

-- What the node knows about itself, as text: own_space, own_lane, incarnation, place (of the data directory),
-- anchors_epoch, held (the epoch in which decisions wait after a restore, or empty).
CREATE TABLE node_value (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- Every lane that this node has a key of: the key is in no record, and lost for good when its row is.
CREATE TABLE lane_key (
    lane TEXT PRIMARY KEY,
    space TEXT NOT NULL,
    kind TEXT NOT NULL,
    wrapped BYTEA NOT NULL
);

-- The node's own feeds, with the newest checkpoint that was signed (its row may be one batch behind: it can always be
-- signed again). Only feeds of the present incarnation may grow.
CREATE TABLE feed (
    lane TEXT NOT NULL,
    epoch TEXT NOT NULL,
    origin TEXT NOT NULL,
    incarnation BIGINT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    note TEXT NOT NULL,
    due BIGINT NOT NULL DEFAULT 0, -- it has grown since
    PRIMARY KEY (lane, epoch)
);
CREATE UNIQUE INDEX feed_origin ON feed (origin);
CREATE INDEX feed_due ON feed (due);

-- Marks of the high-water file that a database which had been put back could not reach: settled by a new epoch.
CREATE TABLE settled_mark (origin BYTEA PRIMARY KEY, size BIGINT NOT NULL);

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

-- Blobs of each lane that some act names; the wrapped key is lost for good when its row is.
CREATE TABLE blob (
    lane TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,  -- of the file below blobs/
    space TEXT NOT NULL, -- the context it is encrypted in
    size BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    key BYTEA NOT NULL,  -- under the lane's key
    created BIGINT NOT NULL,
    PRIMARY KEY (lane, sha256)
);
CREATE UNIQUE INDEX blob_file ON blob (name);

-- Files on their way in. `key` is the blob's key, under the node's wrapping key.
CREATE TABLE upload (
    id TEXT PRIMARY KEY,
    space TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    relative_path TEXT,
    claimed_type TEXT,
    metadata TEXT,
    size BIGINT NOT NULL,
    stored BIGINT NOT NULL DEFAULT 0, -- bytes that were acknowledged
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

-- Packages that were asked for, until they expire: their record stands for ever, the file does not.
CREATE TABLE export_file (
    export TEXT PRIMARY KEY, -- the entity's id
    space TEXT NOT NULL,
    owner TEXT NOT NULL,     -- person of the node's own space
    state TEXT NOT NULL,     -- writing, ready, failed
    job TEXT,
    detail TEXT,             -- why it failed
    key BYTEA,               -- under the node's wrapping key; NULL until it is ready
    size BIGINT NOT NULL,
    sha256 TEXT,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX export_file_expires ON export_file (expires);

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

-- Anchors: the node-wide log "<node>/anchors". Its entry i is root || i.
CREATE TABLE anchor (
    number BIGINT PRIMARY KEY,
    root BYTEA NOT NULL,
    feeds BIGINT NOT NULL,
    created BIGINT NOT NULL,
    checkpoint TEXT NOT NULL -- signed note of the log at size number + 1
);
-- A feed's checkpoint from this anchor on, until a later row: anchor i is rebuilt from the newest row of each feed.
CREATE TABLE anchor_feed (
    origin TEXT NOT NULL,
    anchor BIGINT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    PRIMARY KEY (origin, anchor)
);

-- What an audit found, newest kept.
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    started BIGINT NOT NULL,
    finished BIGINT NOT NULL,
    damages BIGINT NOT NULL,
    report TEXT NOT NULL
);

-- migration 2

-- The logs of anchors, "<node>/anchors/<epoch>": entry i of one is root || i (node/anchors.h N3). Anchors that were made
-- before logs had epochs prove nothing under the names of now; the next one covers the same feeds.
DROP TABLE anchor;
DELETE FROM anchor_feed;
CREATE TABLE anchor (
    number BIGINT PRIMARY KEY, -- counts on over all epochs
    epoch TEXT NOT NULL,
    entry BIGINT NOT NULL,
    root BYTEA NOT NULL,
    feeds BIGINT NOT NULL,
    created BIGINT NOT NULL,
    checkpoint TEXT NOT NULL -- signed note of the log at size entry + 1
);
CREATE UNIQUE INDEX anchor_entry ON anchor (epoch, entry);
