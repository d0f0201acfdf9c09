/* tests/unit/support/forger.h: a node that writes what no honest program would, and signs it: any header, any act, any
 * branch. What it makes is handed to other copies as they would get it from the network. */
#pragma once
#include "support/parties.h"

typedef struct {
    Party *party; /* whose name it bears, and whose copy it looks at; not changed by writing */
    char *epoch;
    MerkleFrontier *frontier;
    guint64 height;
    gint64 time_ms;
} Forger;

/* Goes on after the first @size records of @party's own feed (SEQ_NONE: all), or begins a fresh epoch (@epoch). */
Forger *forger_new(Party *party, guint64 size);
Forger *forger_new_epoch(Party *party, const char *epoch);
Forger *forger_copy(const Forger *self); /* another branch from here */
void forger_free(Forger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Forger, forger_free)

/* What to write. Unset: as an honest node would, naming nothing. */
typedef struct {
    const char *type, *person, *subject; /* person NULL: the node; subject NULL: the lane */
    json_t *members;                     /* consumed */
    const Hash *prev;
    guint prev_count;
    gboolean lasting;
    GBytes *act; /* exact bytes instead */
    const SeenEntry *seen;
    guint seen_count;
    guint64 above; /* greatest height of what `seen` names */
    gint64 height_off, seq_off, time_off_ms;
} Forging;

typedef struct {
    char *node, *epoch;
    guint64 seq;
    GBytes *header, *act;
    Hash leaf, root;
} Forged;
void forged_free(Forged *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Forged, forged_free)

Forged *forger_write(Forger *self, Forging what);
LaneTaken forged_send(const Forged *self, Party *to);
/* Names the first @size records of @party's line @line. @height: out, that of the last of them. */
SeenEntry forger_seen(Party *party, guint32 line, guint64 size, guint64 *height);
