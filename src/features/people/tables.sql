-- features/people/tables.sql: who has an account here, and by which keys, links and tokens.

CREATE TABLE people_person (
    person TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL, -- text_sort_key()
    title TEXT NOT NULL,
    affiliation TEXT NOT NULL,
    roles TEXT NOT NULL,    -- ascending, with one space between and at both ends: " clerk investigator "
    admin BIGINT NOT NULL,
    machine BIGINT NOT NULL,
    state TEXT NOT NULL,    -- active, disabled
    created BIGINT NOT NULL,
    tag TEXT NOT NULL,      -- entity_tag()
    contested TEXT,         -- JSON {field: [values]}; NULL where nothing is
    renamed BIGINT,         -- when the name was changed last; NULL: never
    renamed_by TEXT         -- by whom
);
CREATE INDEX people_person_name ON people_person (name_key, person);

CREATE TABLE people_passkey (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    credential TEXT NOT NULL, -- base64url, like the keys
    cose TEXT NOT NULL,
    spki TEXT NOT NULL,
    label TEXT NOT NULL,
    aaguid TEXT NOT NULL,
    backed_up BIGINT NOT NULL,
    transports TEXT NOT NULL, -- JSON
    created BIGINT NOT NULL
);
CREATE INDEX people_passkey_person ON people_passkey (person, created);
CREATE INDEX people_passkey_credential ON people_passkey (credential);

CREATE TABLE people_invitation (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    secret TEXT NOT NULL, -- SHA-256 of the link's token, 64 hex
    state TEXT NOT NULL,  -- open, used, withdrawn
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    wrong TEXT            -- what the invited person says is wrong
);
CREATE INDEX people_invitation_secret ON people_invitation (secret);
CREATE INDEX people_invitation_person ON people_invitation (person, state);

CREATE TABLE people_token (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    secret TEXT NOT NULL, -- SHA-256 of the token, 64 hex
    scopes BIGINT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX people_token_secret ON people_token (secret);
CREATE INDEX people_token_person ON people_token (person);
