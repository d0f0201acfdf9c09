/* ledger/lane_store.h: what one lane needs of a store. lane_memory.h and the database implement it.
 *
 * Idea: a *line* is a linear run of records of one feed. A feed has one line, until it forks: each further branch is a
 * line of its own that continues its parent line from the place where they part. So every record has the integer key
 * (line, seq), the causal past of a record is one number a line (how far it reaches), and whether x precedes y is one
 * search in the *steps*.
 *   S1  Lines are numbered from 0 as they appear, within the lane; numbers are private to this copy.
 *   S2  A record row never changes but for its class, reason and bodies. Rows are never deleted.
 *   S3  Each row carries the hashes of the RFC 6962 subtrees that its leaf completes, so any root, frontier, inclusion
 *       or consistency proof is O(log n) look-ups, and opening a lane rehashes nothing.
 *   S4  A step says: from record `seq` of `line` on, the first `past` records of `cited` are in the causal past, and
 *       the feed itself has named its first `named`. Both only grow along a line.
 *   S5  Every call runs inside the caller's transaction. After any error the caller rolls back and drops the lane.
 * Functions return FALSE with an error of the store; "not there" is TRUE with nothing found, unless said otherwise.
 * Calls come from one thread at a time; callbacks may call the store again. */
#pragma once
#include "ledger/record.h"

typedef enum {
    RECORD_WAITING,   /* its causal past, or a lasting act, isn't here yet */
    RECORD_MALFORMED, /* breaks a header rule, or follows one that does: the line stops there */
    RECORD_VALID,
    RECORD_VOID,
    RECORD_UNKNOWN, /* a type or version of later */
    RECORD_ACTLESS, /* placed, without an act that fits */
    RECORD_ERASED,
    RECORD_FROZEN, /* never stored: told of placed records that don't count (count.c) */
} RecordClass;
const char *record_class_name(RecordClass self); /* "valid", as golden files and users read it */

typedef struct {
    guint32 line;
    guint64 seq;
} Place;

#define LINE_NONE G_MAXUINT32
#define SEQ_NONE G_MAXUINT64

typedef struct {
    guint32 line;
    char *node, *epoch;
    guint32 parent;   /* LINE_NONE: it begins the feed */
    guint64 start;    /* the first seq of its own; those before lie on the parent */
    guint64 size;     /* records stored, counted from the feed's first */
    guint64 placed;   /* of these, placed */
    guint64 stopped;  /* seq of the first malformed one; SEQ_NONE */
    guint64 attested; /* greatest placed size for which a signed checkpoint was seen; 0: none */
    gboolean own;     /* this node appends here */
} LineRow;

/* A record to be stored. All borrowed for the call. */
typedef struct {
    Place at;
    Hash leaf;
    const Hash *root;      /* of the tree of seq + 1 records; NULL where the store doesn't keep roots */
    const Hash *completed; /* roots of the subtrees of 2, 4, 8... leaves that this leaf completes, in that order */
    guint completed_count;
    const Header *header; /* NULL: bytes that are no header (malformed) */
    Span header_bytes;
    const Span *act, *confirmation; /* NULL: not here */
    RecordClass class;
    const char *reason; /* "" or a static text */
    gboolean attested;  /* a signed checkpoint of size seq + 1 was seen */
} RecordNew;

typedef enum {
    RECORD_HEADER = 1 << 0,
    RECORD_ACT = 1 << 1,
    RECORD_CONFIRMATION = 1 << 2,
} RecordParts;

/* A stored record. The bodies are NULL unless asked for, and where they aren't here. */
typedef struct {
    Place at;
    Hash leaf;
    guint64 height;
    gint64 time_ms;
    RecordClass class;
    const char *reason; /* static or interned; "" */
    gboolean lasting;
    gboolean has_act;
    gboolean attested;
    GBytes *header, *act, *confirmation;
} RecordRow;
void record_row_clear(RecordRow *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RecordRow, record_row_clear)

typedef struct {
    guint32 line, cited;
    guint64 seq, past, named;
} StepRow;

/* A record that came before its predecessor. Keyed by (node, epoch, seq, root). */
typedef struct {
    char *node, *epoch;
    guint64 seq;
    Hash root;
    GBytes *header, *act, *confirmation; /* the latter two may be NULL */
} EarlyRow;
void early_row_free(EarlyRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EarlyRow, early_row_free)
void line_row_free(LineRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineRow, line_row_free)

/* @row is borrowed for the call. FALSE with an error ends the walk, which then fails with it. */
typedef gboolean (*RecordEach)(gpointer data, const RecordRow *row, GError **error);
typedef gboolean (*SubjectEach)(gpointer data, const char *subject, GError **error);

typedef struct {
    gboolean keeps_roots; /* RecordNew.root is wanted, and root_at is given */

    /* Lines: all of them, ascending (of LineRow); insert or replace one. */
    GPtrArray *(*lines)(gpointer store, GError **error);
    gboolean (*line_put)(gpointer store, const LineRow *line, GError **error);

    /* Records. record_get: COMITY_ERROR_NOT_FOUND where the key isn't there. */
    gboolean (*record_put)(gpointer store, const RecordNew *record, GError **error);
    gboolean (*record_get)(gpointer store, Place at, guint parts, RecordRow *out, GError **error);
    gboolean (*record_judged)(gpointer store, Place at, RecordClass class, const char *reason, GError **error);
    /* Sets both bodies; NULL deletes one, with no trace left in the store's files (S2). */
    gboolean (*record_bodies)(gpointer store, Place at, GBytes *act, GBytes *confirmation, GError **error);
    gboolean (*record_attested)(gpointer store, Place at, GError **error);
    /* The subtree of 2^@level leaves that ends with the leaf at @at; level 0 is the leaf. NOT_FOUND otherwise. */
    gboolean (*subtree)(gpointer store, Place at, guint level, Hash *out, GError **error);
    gboolean (*root_at)(gpointer store, Place at, Hash *out, GError **error); /* NULL without keeps_roots */
    /* @count records of @line's own from @from on, ascending. */
    gboolean (*records)(gpointer store, guint32 line, guint64 from, guint64 count, guint parts, RecordEach each,
                        gpointer data, GError **error);

    /* Look-ups of any stored record whose header was one; placed or not is the lane's to tell. Places are appended.
     * by_leaf: of @subject alone, unless that is NULL. */
    gboolean (*by_leaf)(gpointer store, const Hash *leaf, const char *subject, GArray *places, GError **error);
    gboolean (*by_act)(gpointer store, const Hash *act, GArray *places, GError **error);
    gboolean (*of_subject)(gpointer store, const char *subject, guint parts, RecordEach each, gpointer data,
                           GError **error); /* any order; best ascending by height */
    gboolean (*subjects)(gpointer store, SubjectEach each, gpointer data, GError **error);
    gboolean (*lasting)(gpointer store, guint parts, RecordEach each, gpointer data, GError **error);

    /* Steps (S4): a new or replaced row; the last row at or before @seq (FALSE in @found: none); the first seq from
     * which @line reaches beyond @past records of @cited (SEQ_NONE: never). */
    gboolean (*step_put)(gpointer store, const StepRow *step, GError **error);
    gboolean (*step_at)(gpointer store, guint32 line, guint32 cited, guint64 seq, StepRow *out, gboolean *found,
                        GError **error);
    gboolean (*step_beyond)(gpointer store, guint32 line, guint32 cited, guint64 past, guint64 *seq, GError **error);

    /* Heads of a subject: the counted records of it that no other counted record of it names. */
    gboolean (*heads)(gpointer store, const char *subject, GArray *places, GError **error);
    gboolean (*head_put)(gpointer store, const char *subject, Place at, GError **error);
    gboolean (*head_drop)(gpointer store, const char *subject, Place at, GError **error);

    /* Act hashes that were erased, by the node whose records they were. */
    gboolean (*erased)(gpointer store, const char *node, const Hash *act, gboolean *found, GError **error);
    gboolean (*erased_put)(gpointer store, const char *node, const Hash *act, GError **error);
    gboolean (*erased_drop)(gpointer store, const char *node, const Hash *act, GError **error);
    /* Are there any at all? Asked once, when the lane opens. */
    gboolean (*erased_any)(gpointer store, gboolean *any, GError **error);

    /* Early ones: keep (the same key again replaces), all of one feed and seq (of EarlyRow), drop, how many. */
    gboolean (*early_put)(gpointer store, const EarlyRow *early, GError **error);
    GPtrArray *(*early_at)(gpointer store, const char *node, const char *epoch, guint64 seq, GError **error);
    gboolean (*early_drop)(gpointer store, const char *node, const char *epoch, guint64 seq, const Hash *root,
                           GError **error);
    gboolean (*early_count)(gpointer store, guint64 *count, GError **error);
} LaneStoreClass;

/* A store of one lane: borrowed by the lane, which it outlives. */
typedef struct {
    const LaneStoreClass *class;
    gpointer store;
} LaneStore;
