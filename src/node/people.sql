-- node/people.sql: what this node keeps for itself about people: sessions, when a passkey or token was used last, notices,
-- views of lists.
-- Who has which passkey or token is said by records. Steps as in local.sql, a series of its own ("people").

-- migration 1

-- Browser sessions; the cookie's secret is kept as its SHA-256.
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    secret_hash BYTEA NOT NULL UNIQUE,
    person TEXT NOT NULL,
    passkey TEXT NOT NULL, -- the one that opened it
    created BIGINT NOT NULL,
    used BIGINT NOT NULL, -- to the minute
    expires BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX session_person ON session (person, used);
CREATE INDEX session_expires ON session (expires);

-- A passkey's signature counter as of its last use, by credential id (base64url).
CREATE TABLE passkey_use (
    credential TEXT PRIMARY KEY,
    counter BIGINT NOT NULL,
    used BIGINT NOT NULL
);

CREATE TABLE token_use (
    token TEXT PRIMARY KEY,
    used BIGINT NOT NULL -- to the hour
);

-- What somebody has to know until it is settled: for one person, or for all administrators.
CREATE TABLE notice (
    id TEXT PRIMARY KEY,
    person TEXT, -- NULL: administrators
    code TEXT NOT NULL,
    severity TEXT NOT NULL, -- info, warning, danger
    about TEXT NOT NULL, -- what it is about, so that it is said once: a credential, an invitation
    since BIGINT NOT NULL,
    data TEXT NOT NULL, -- JSON object
    UNIQUE (code, about)
);

-- migration 2

-- Who let a notice go: it stands for the others, and for whoever looks at the node itself.
CREATE TABLE notice_dismissed (
    notice TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (notice, person)
);

-- Views of lists that somebody kept: what the address bar held, under a name. Nobody else sees them.
CREATE TABLE saved_view (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    list TEXT NOT NULL,   -- cases, evidence, ...
    name TEXT NOT NULL,
    search TEXT NOT NULL, -- as the web app reads it
    created BIGINT NOT NULL,
    UNIQUE (person, list, name)
);
