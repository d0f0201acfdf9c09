/* ledger/lane.h: one node's copy of one lane: records come in, in any order; verdicts, heads and entities come out.
 *
 * Idea: the life of a record: *taken* (a signed checkpoint covers it) -> *placed* (its causal past is placed and its
 * header keeps the rules) or malformed -> *judged* valid, void or unknown, from its own act and from lasting records of
 * its causal past alone -> *folded*, if it counts. Everything here is a function of the set of records taken.
 *   L1  Placing reads headers and lasting acts only: a body that is late, withheld or erased stops nothing (place.c).
 *   L2  Judging reads the causal past only, so a verdict never changes, whatever arrives later (judge.c).
 *   L3  Only two things come from the whole set: what is erased, and what counts of a forked or closed feed (count.c).
 *   L4  A lane opens in the time of its lines and lasting records; taking and appending cost O(log n) look-ups.
 *   L5  Nothing is signed here and no signature is checked: the caller hands in what a checkpoint signed by the feed's
 *       node covers, and says so.
 * One thread at a time. All calls run in the caller's transaction; after it was rolled back, or after an error that is
 * not COMITY_ERROR_INVALID, _FORBIDDEN, _CONFLICT or _LIMIT, the lane must be freed and opened again. */
#pragma once
#include "base/env.h"
#include "ledger/act.h"
#include "ledger/act_scan.h"
#include "ledger/entity.h"
#include "ledger/lane_store.h"
#include "ledger/merkle.h"

typedef struct Lane Lane;

/* What a confirmation must fit. All borrowed. */
typedef struct {
    const char *node;
    gint64 time_ms;        /* of the record: the node's card of that time counts */
    const Hash *challenge; /* confirmation_challenge() of the act's bytes */
    const Confirmation *confirmation;
    GBytes *cose;       /* the key that the feed introduced for this credential */
    const CoseKey *key; /* the same, parsed; NULL: to be parsed where it is needed */
} ConfirmationCheck;

/* What a lane takes from its surroundings. Borrowed; outlives the lane. */
typedef struct {
    const char *space; /* UUID */
    const char *lane;  /* 64 hex */
    const char *node;  /* who writes here; NULL: nobody (a verifier) */
    const Env *env;    /* NULL where nobody writes */
    const ActTypes *types;
    /* Is this confirmation good? NULL: checked in place by lane_confirmation_verify() with the origin that
     * @web_origin gives. A verifier hands in one that looks up what its threads checked before. */
    gboolean (*confirmed)(gpointer data, const ConfirmationCheck *check);
    /* The web origin in the node card that held for @node at @time_ms; NULL: no card known, then the origin that the
     * client data states. Its host is the RP id. */
    const char *(*web_origin)(gpointer data, const char *node, gint64 time_ms);
    /* Told of each subject whose entity may have changed, also repeatedly; inside the transaction. May be NULL. */
    void (*changed)(gpointer data, const char *subject);
    /* Told of each record that was placed (and its class); inside the transaction. May be NULL. */
    void (*placed)(gpointer data, Place at, RecordClass class);
    gpointer data;
} LaneContext;

/* Opens the copy that @store holds; an empty store is an empty copy. Both are borrowed. */
Lane *lane_open(const LaneContext *context, const LaneStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lane_free(Lane *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lane, lane_free)
/* Writes what changed of the lines: once before the caller commits, however many records came. */
gboolean lane_save(Lane *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *lane_id(const Lane *self);
const char *lane_space(const Lane *self);

/* ---- taking (take.c) ---- */
typedef enum {
    LANE_STORED, /* new; placed, malformed or waiting */
    LANE_KNOWN,  /* was here; a body that was missing may have been added */
    LANE_EARLY,  /* its predecessor isn't here: kept until it comes */
} LaneTaken;

/* One record from elsewhere. All borrowed for the call. */
typedef struct {
    const char *node, *epoch;
    guint64 seq;
    Span header;
    Span act;          /* at NULL: not here */
    Span confirmation; /* at NULL: not here, or none */
    /* The root of the tree of seq + 1 records under a checkpoint that the feed's node signed. NULL: the caller has
     * verified a longer tail that holds this record (lane_verify_tail), and it follows the record before on @line. */
    const Hash *root;
    guint32 line; /* with @root NULL and seq > 0: where the record before lies */
} LaneArrival;

/* Takes one record. @at: out, its place (not for LANE_EARLY); may be NULL. COMITY_ERROR_LIMIT past 10,000 early ones.
 */
gboolean lane_take(Lane *self, const LaneArrival *arrival, LaneTaken *taken, Place *at,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same with what another thread prepared: @leaf = merkle_leaf(header), @header = its scan or NULL where it is none,
 * and of the arrival's act what act_examine() found, or at least its tree from act_read(). Borrowed. */
typedef struct {
    Hash leaf;
    const Header *header;
    gboolean scanned;  /* FALSE: header and leaf are still to be made */
    gboolean examined; /* @found is made */
    ActFindings found;
    json_t *act; /* without @examined: the tree; NULL: to be read here */
    gboolean
        grown; /* @completed are the subtrees that the leaf completes in its feed's tree, the leaf itself left out */
    const Hash *completed;
    guint completed_count;
} LanePrepared;
gboolean lane_take_prepared(Lane *self, const LaneArrival *arrival, const LanePrepared *prepared, LaneTaken *taken,
                            Place *at, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Do @count @leaves after the first @from records of @line (LINE_NONE: from 0) lead to @root? Then a signed checkpoint
 * of that root covers each of them. FALSE with COMITY_ERROR_DAMAGED. */
gboolean lane_verify_tail(Lane *self, guint32 line, guint64 from, const Hash *leaves, gsize count, const Hash *root,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A signed checkpoint for the first @size records of @line with this root was verified. Own checkpoints too. */
gboolean lane_attest(Lane *self, guint32 line, guint64 size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- writing the own feed (append.c) ---- */
/* What somebody does. Borrowed. */
typedef struct {
    const char *type;
    const char *person;    /* "": the node */
    const char *subject;   /* NULL: the lane */
    const json_t *members; /* of the type */
    const Hash *prev;      /* with @prev_count: the heads that the person saw; NULL: the heads of now */
    guint prev_count;
    GBytes *prepared;       /* act bytes from lane_prepare(), used as they are (all but type and these are ignored) */
    GBytes *confirmation;   /* confirmation_write(); NULL: none */
    const char *whole_fork; /* "<node>/<epoch>": fork.found names all that was applied of it; NULL otherwise */
} LaneAct;

typedef struct {
    Place at;
    Hash leaf, act, root;
    guint64 size; /* of the feed with it: seq + 1 */
    guint64 height;
    gint64 time_ms;
} LaneAppended;

/* Appends to the own feed, which lane_begin() opened. Before anything is stored: COMITY_ERROR_FORBIDDEN where the
 * writer lacks the authority, _CONFLICT where what it rests on has moved (the home, an answered offer, an ended lane),
 * _INVALID where the act is wrong in itself, each with the reason for which it would be void. @appended may be NULL. */
gboolean lane_append(Lane *self, const LaneAct *act, LaneAppended *appended, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The act bytes as they would be appended now, judged but for the confirmation. Nothing is stored. New. */
GBytes *lane_prepare(Lane *self, const LaneAct *act, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The charter's act; its hash is the id of a new lane (@lane: out). @members: of lane.chartered. New. */
GBytes *lane_charter(const Env *env, const char *space, const char *node, const json_t *members,
                     char lane[HASH_HEX_SIZE], GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Opens the own feed in a fresh epoch, with @charter in an empty copy, else with lane.joined, or feed.continued where
 * an epoch of this node is here (its `seen` names the old one). @under: leaf of a field.delegated, or NULL. @reason: of
 * continuing. Persons must be introduced again. */
gboolean lane_begin(Lane *self, GBytes *charter, const Hash *under, const char *reason, LaneAppended *appended,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The line of the own feed, LINE_NONE before lane_begin(). A restored node begins again whatever this says. */
guint32 lane_own_line(const Lane *self);

/* ---- people (people.c) ---- */
typedef struct {
    char *id; /* base64url */
    GBytes *cose;
    GBytes *spki;
} LaneCredential;
typedef struct {
    char *person;
    char **roles;
    GPtrArray *credentials; /* of LaneCredential */
    gboolean machine;
    guint64 since; /* seq of the introduction */
    guint32 line;
} LanePerson;
/* Who stands introduced at the end of the own feed. New array of const LanePerson *, by id; borrowed until it grows. */
GPtrArray *lane_people(const Lane *self);
const LanePerson *lane_person(const Lane *self, const char *person); /* NULL: not introduced, or withdrawn */

/* ---- reading ---- */
guint lane_line_count(const Lane *self);
const LineRow *lane_line(const Lane *self, guint32 line);
/* The line that this copy followed first of a feed; LINE_NONE. */
guint32 lane_feed_line(const Lane *self, const char *node, const char *epoch);
/* Where record @seq of @line lies: on it, or on the line that it continues. */
Place lane_resolve(const Lane *self, guint32 line, guint64 seq);
/* The class of a stored record, frozen ones included; @reason may be NULL. */
gboolean lane_class(Lane *self, Place at, RecordClass *class, const char **reason,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean lane_counts(const Lane *self, Place at);
/* The number of records that all branches of a feed share; SEQ_NONE: not forked. */
guint64 lane_forked_at(const Lane *self, const char *node, const char *epoch);
/* Feeds that are forked and that the own feed has not reported. New array of new "<node>/<epoch>". */
GPtrArray *lane_forks_to_report(const Lane *self);
/* How many records of @cited are in the causal past of the record at @at (its own line: those before it). */
gboolean lane_past(Lane *self, Place at, guint32 cited, guint64 *size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Counted, placed records in canonical order: all, or those of a subject. New arrays of Place. */
GArray *lane_canonical(Lane *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GArray *lane_of_subject(Lane *self, const char *subject, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Placed records with this leaf (two, where both branches of a fork hold it). New array of Place. */
GArray *lane_by_leaf(Lane *self, const Hash *leaf, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean lane_record(Lane *self, Place at, guint parts, RecordRow *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The act of a record, read and checked against its header; NULL without error where none fits. New reference. */
json_t *lane_act(Lane *self, Place at, GError **error);

/* The tree over a line's feed. */
gboolean lane_root(Lane *self, guint32 line, guint64 size, Hash *root, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GArray *lane_inclusion(Lane *self, guint32 line, guint64 seq, guint64 size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GArray *lane_consistency(Lane *self, guint32 line, guint64 from, guint64 to, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The charter's act, borrowed; NULL before it is here and valid. */
const json_t *lane_charter_act(const Lane *self);
/* May this node be sent anything of the lane? Charter parties and their field nodes: the one check before sending. */
gboolean lane_has_party(const Lane *self, const char *node);
GPtrArray *lane_parties(const Lane *self); /* new array of const char *, ascending */
/* Is a valid, counted lane.ended here? */
gboolean lane_has_ended(const Lane *self);

/* ---- entities and erasing (fold.c, count.c) ---- */
/* The entity of @subject as of now; NULL with COMITY_ERROR_NOT_FOUND where no counted record names it. Kept in a small
 * cache: borrowed until the lane changes or is asked for the next one. */
const Entity *lane_entity(Lane *self, const char *subject, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The entity folded afresh, past the cache. New. */
Entity *lane_fold(Lane *self, const char *subject, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Calls @each for every subject that a counted record names. */
gboolean lane_subjects(Lane *self, SubjectEach each, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Deletes the bodies of erased records. The caller first fetched what hangs on them (blobs, keys) from @erased. */
gboolean lane_purge(Lane *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Records that became erased since the last purge. Borrowed array of Place. */
const GArray *lane_erased(const Lane *self);

/* Checks a confirmation in place against @origin (NULL: the one that its client data states). */
gboolean lane_confirmation_verify(const ConfirmationCheck *check, const char *origin);
