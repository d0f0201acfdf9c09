-- node/tables.sql: the node's own projection: spaces, lanes, parties, and who stands introduced where. Made from charters,
-- introductions, names and placements; dropped and rebuilt like any feature's tables.

CREATE TABLE space (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL, -- its lane; the newest where one succeeds another
    opened BIGINT NOT NULL
);
CREATE INDEX space_kind ON space (kind, opened);

CREATE TABLE lane_party (
    lane TEXT NOT NULL,
    node TEXT NOT NULL,
    letter TEXT NOT NULL, -- place in the charter's parties by name: A to Z, then AA
    lead BIGINT NOT NULL,
    PRIMARY KEY (lane, node)
);

-- Who stands introduced by this node at the end of its own feed of the lane.
CREATE TABLE lane_person (
    lane TEXT NOT NULL,
    id TEXT NOT NULL,     -- in this space
    space TEXT NOT NULL,
    person TEXT,          -- in the node's own space; NULL where no placement says so
    roles TEXT NOT NULL,  -- ascending, with one space between and at both ends: " clerk investigator "
    machine BIGINT NOT NULL,
    credentials TEXT NOT NULL, -- the introduction's, as JSON
    since BIGINT NOT NULL,
    PRIMARY KEY (lane, id)
);
CREATE INDEX lane_person_person ON lane_person (person, space);
CREATE INDEX lane_person_space ON lane_person (space, person);

-- A person's id in each space (person.placed/1): stands for ever, also after a withdrawal.
CREATE TABLE person_place (
    space TEXT NOT NULL,
    person TEXT NOT NULL, -- in the node's own space
    id TEXT NOT NULL,     -- in that space
    PRIMARY KEY (space, person)
);
CREATE INDEX person_place_id ON person_place (space, id);

-- What a lane calls a person (person.named/1).
CREATE TABLE person_name (
    lane TEXT NOT NULL,
    node TEXT NOT NULL,
    id TEXT NOT NULL, -- in that space
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    affiliation TEXT NOT NULL,
    PRIMARY KEY (lane, node, id)
);
