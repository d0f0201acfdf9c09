/* node/audit_private.h: an audit at work; shared by its parts. */
#pragma once
#include "node/audit.h"
#include "node/lanes.h"
#include "node/rebuild_private.h"

typedef struct {
    Node *node;
    Db *db; /* in a transaction of the audit's: one state */
    AuditReport *report;
    AuditProgress progress;
    gpointer data;
    guint64 done, total;
    const Db *shadow; /* the database beside, while there is one */
    GArray *marks;    /* of HighWaterMark, older than the transaction; NULL: they could not be read */
    GArray *verdicts; /* of Verdict: where stored classes are another; NULL: they are damages */
} Audit;

/* A record whose stored class is not what its bytes give. */
typedef struct {
    char lane[HASH_HEX_SIZE];
    Place at;
    RecordClass class;
    const char *reason; /* static or interned */
} Verdict;

/* Takes note of a damage. @where: a lane, a feed, a blob's name; never content. */
void audit_damage(Audit *self, const char *code, const char *where, const char *mend, const char *sentence, ...)
    G_GNUC_PRINTF(5, 6);
/* One step on. FALSE with COMITY_ERROR_CANCELLED. */
gboolean audit_step(Audit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Turns an error of a look-up into a damage; FALSE only where going on makes no sense, or where it says nothing of what
 * is stored: a disk that is full, and a database beside that the system refuses. */
gboolean audit_take_error(Audit *self, const char *code, const char *where, const char *mend, GError *cause,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

#define MEND_RESTORE "Restore the data directory from a backup; the node then goes on in a new epoch."
#define MEND_REBUILD "“comity rebuild” makes the rows again from the records."

/* audit_lane.c: records, tree, checkpoints and classes of one lane, taken again into @shadow, and its rows there. */
gboolean audit_lane(Audit *self, Db *shadow, const char *lane, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* audit_blobs.c */
gboolean audit_blobs(Audit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* audit_trust.c: cards, high-water file, anchors. */
gboolean audit_cards(Audit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean audit_marks(Audit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean audit_anchors(Audit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
