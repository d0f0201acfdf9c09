/* tests/unit/support/parties.h: authorities that share one lane, each with a copy of its own in memory, a clock and
 * chance that the test decides. They write the product's lane acts and those of a small feature (exhibits). */
#pragma once
#include "ledger/lane.h"
#include "ledger/lane_memory.h"
#include "support/world.h"

typedef struct {
    char *name;
    World world;
    LaneMemory *memory;
    LaneContext context;
    Lane *lane;
} Party;

typedef struct {
    ActTypes *types;
    GPtrArray *all; /* of Party; the first founds the lane */
    char lane[HASH_HEX_SIZE];
    LaneContext context; /* what each new copy begins with */
} Parties;

/* @count parties a.example, b.example... At once: the lane is founded, everybody has joined, introduced "<letter>" as
 * investigator and prosecutor, and has what the others wrote. */
Parties *parties_new(guint count);
/* The same without types from @without (names, ended by NULL) at the last party: an older version. */
Parties *parties_new_aged(guint count, const char *const *without);
void parties_free(Parties *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Parties, parties_free)
Party *party_of(const Parties *self, guint index);
/* One more copy of the lane that holds nothing yet. Belongs to @self. */
Party *parties_add(Parties *self, const char *name);

/* Brings to @to all that @from holds; everything to everybody. */
void party_send(Party *from, Party *to);
void parties_share(Parties *self);
/* Sends one record, with or without its bodies. */
LaneTaken party_send_one(Party *from, Party *to, Place at, gboolean bodies);
/* The node is killed and started again. */
void party_restart(Party *self);

/* Appends an act; members as json_pack() takes them, consumed. Dies where it is refused. */
LaneAppended party_do(Party *self, const char *type, const char *person, const char *subject, json_t *members);
/* Naming these heads instead of those of now. */
LaneAppended party_do_after(Party *self, const char *type, const char *person, const char *subject, const Hash *prev,
                            guint prev_count, json_t *members);
/* Tries to; FALSE with the refusal, and then nothing was stored. */
gboolean party_try(Party *self, const char *type, const char *person, const char *subject, json_t *members,
                   GError **error);
void party_introduce(Party *self, const char *person, json_t *roles, json_t *credentials, gboolean machine);

/* The class of the record with @leaf as @self sees it; @reason may be NULL. */
RecordClass party_class(Party *self, const Hash *leaf, const char **reason);
const Entity *party_entity(Party *self, const char *subject);
/* Asserts what must hold of any copy: the heads that the ledger keeps are those that the fold finds, a kept entity is
 * what folding again gives, and a restart changes nothing. */
void party_check(Party *self);
/* All rows of all entities as one text: what everybody must agree on. New string. */
char *party_digest(Party *self);
