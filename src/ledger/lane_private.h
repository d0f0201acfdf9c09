/* ledger/lane_private.h: what the files of the lane share: its state in memory, and the steps of a record's life.
 *   take.c    finding a record's place by its root, new lines, early ones
 *   place.c   header rules and causal past: placed, malformed, or waiting
 *   judge.c   the order of the questions; authority.c and homes.c answer some of them
 *   past.c    causal past as one number a line; steps
 *   lasting.c what verdicts rest on, indexed as it is taken up: people, delegations, homes, ends, closings
 *   count.c   what counts of forked and closed feeds; erase.c what is erased
 *   heads.c   heads of subjects, kept from headers alone; fold.c entities and their cache
 *   tree.c    frontiers, roots and proofs from stored subtrees
 *   append.c  writing the own feed; seen.c what it names
 * Functions that ask the store return FALSE with its error; a reason why something is malformed or void leaves by a
 * `why` argument, NULL if there is none. */
#pragma once
#include "base/error.h"
#include "ledger/act_scan.h"
#include "ledger/lane.h"

#define SUBJECT_SIZE (NODE_NAME_MAX + 1 + 64 + 1)
#define CODE_VOID "act.void"

typedef struct {
    char *node, *epoch;
    guint32 first;       /* the line that this copy followed */
    GArray *lines;       /* of guint32 */
    guint64 forked_at;   /* SEQ_NONE: not forked */
    GPtrArray *closings; /* of LaneClosing, borrowed; NULL: none */
    const json_t *kinds; /* what the charter lets its node write; NULL: no party, or not looked up yet */
} LaneFeed;

typedef struct {
    LineRow row;
    LaneFeed *feed;
    gboolean dirty;     /* row differs from the store's */
    guint64 counted;    /* records below count; SEQ_NONE: all placed */
    gboolean tip_known; /* height and time_ms are those of the last placed record */
    guint64 height;
    gint64 time_ms;
    GArray *past;             /* of guint64 by line: what precedes the next record; NULL until needed */
    GArray *named;            /* of guint64 by line: what this feed has named; NULL until needed */
    MerkleFrontier *frontier; /* of row.size records; NULL until needed */
    GHashTable *people;       /* person -> GPtrArray of LanePersonStep, ascending by seq */
    const char *last_person;  /* asked for last, a key of `people`; NULL: nobody */
    const GPtrArray *last_steps;
    guint64 unknown_lasting; /* the first lasting record of an unknown type; SEQ_NONE */
    gboolean opened;         /* its first record is valid (of the line that begins the feed) */
    char *waits_for;         /* "<node>/<epoch>" that the next record names, with waits_size; NULL */
    guint64 waits_size;
    gboolean waits_for_body; /* the next record is lasting, and a body of it isn't here */
    gboolean has_under;      /* that record names a delegation */
    Hash under;
} LaneLine;

typedef struct {
    guint64 seq;
    LanePerson *person; /* NULL: withdrawn */
} LanePersonStep;

typedef struct {
    Place at;
    Hash leaf;
    char *field;         /* the field node */
    GHashTable *persons; /* set of ids */
    gint64 until_ms;
    const char *party; /* the node that delegated; its feed's */
} LaneDelegation;

typedef struct {
    Place at;
    Hash leaf;
    ActEffect effect; /* offer, accept, decline */
    const char *node; /* who wrote it; its feed's */
    Hash about;       /* offer: the title (zero: the creation's); answers: the offer */
    char *to;
} LaneHomeAct;

typedef struct {
    Place at;
    GArray *leaves; /* of Hash */
} LaneEraser;

typedef struct {
    Place at;
    char *feed; /* "<node>/<epoch>" */
    guint64 size;
} LaneClosing;

typedef struct {
    Place at;
    char *feed; /* "<node>/<epoch>" */
} LaneForkReport;

struct Lane {
    LaneContext context;
    LaneStore store;
    char *id, *space, *node;
    Hash id_hash;
    GPtrArray *lines;    /* of LaneLine, by number */
    GPtrArray *feeds;    /* of LaneFeed */
    GHashTable *by_name; /* "<node>/<epoch>" -> LaneFeed */
    LaneFeed *last_feed; /* asked for last: most records come in runs */
    guint32 own;         /* line, or LINE_NONE */
    gboolean limited;    /* some feed is forked or closed: counting matters (count.c) */
    gboolean erased_any;
    guint64 early;    /* records kept that came before their predecessors */
    json_t *charter;  /* act; NULL until it is valid */
    GArray *charters; /* of Place: valid charter records */
    GPtrArray *delegations, *erasers, *closings, *fork_reports;
    GArray *endings;      /* of Place */
    GHashTable *homes;    /* subject -> GPtrArray of LaneHomeAct */
    GArray *erased_now;   /* of Place: since the last purge */
    GHashTable *entities; /* subject -> Entity: the cache */
    GQueue entity_order;  /* of subjects (keys of the above), least recently used first */
    GArray *scratch;      /* of Place: for look-ups that keep nothing */
    ActScan *scan;
};

/* A record on its way in: read, not yet stored or not yet placed. */
typedef struct {
    Place at;
    LaneLine *line;
    const Header *header;
    char subject[SUBJECT_SIZE];
    Hash leaf;
    ActFindings found; /* of its act; the tree is read when a verdict asks for it */
    Span act_bytes;
    Span confirmation;                        /* fits the header's hash; at NULL: none */
    GArray *past;                             /* of guint64: its causal past; the line's own, or `merged` */
    GArray *merged;                           /* a copy that `seen` made grow; NULL: none */
    GArray *named;                            /* the same for what the feed named; NULL: unchanged */
    guint8 named_prev[HEADER_LIMIT / 67 + 1]; /* each `prev`: is it a record of this subject in the causal past? */
    GArray *below;                            /* of Place: records that `prev` names so; NULL until looked up */
    gboolean preparing;                       /* the confirmation is still to come */
    ComityError kind;                         /* what sort of refusal a void verdict is, for the own feed */
    GError *invalid;                          /* the field at fault, for the own feed */
} Candidate;
void candidate_clear(Candidate *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Candidate, candidate_clear)
/* Sets what follows from @header. */
void candidate_init(Candidate *self, LaneLine *line, guint64 seq, const Header *header, Hash leaf);
/* Examines @act, and keeps @confirmation, where they fit its header. */
void candidate_bodies(Lane *lane, Candidate *self, Span act, Span confirmation);
/* The same for an act that was examined before (@found, borrowed). */
void candidate_found(Candidate *self, const ActFindings *found, Span act, Span confirmation);
/* Begins @self, which is all zero, with the record of @line at @seq as the store has it; @header: what is read of it there.
 * @row and @header outlive @self. */
gboolean candidate_stored(Lane *lane, Candidate *self, LaneLine *line, guint64 seq, const RecordRow *row,
                          Header *header, GError **error);
/* Its act as a tree. Borrowed; NULL: none that fits. */
const json_t *candidate_tree(Candidate *self);

/* ---- lane.c ---- */
static inline LaneLine *lane_line_at(const Lane *self, guint32 line)
{
    return g_ptr_array_index(self->lines, line);
}
LaneFeed *lane_feed(Lane *self, Span node, Span epoch); /* NULL: not seen yet */
LaneFeed *lane_feed_made(Lane *self, Span node, Span epoch);
/* Adds a line in memory; lane_save() or the next save writes it. */
LaneLine *lane_line_add(Lane *self, LaneFeed *feed, guint32 parent, guint64 start);
void lane_line_drop(Lane *self, LaneLine *line);               /* the one added last, while empty */
gboolean lane_tip(Lane *self, LaneLine *line, GError **error); /* makes tip_known */
/* Is @at placed (and not only stored)? */
gboolean lane_is_placed(const Lane *self, Place at);
void lane_changed(Lane *self, const char *subject);

/* ---- order.c: canonical order, ascending (height, node, epoch, seq, root) ---- */
typedef struct {
    guint64 height;
    Place at;
    gboolean has_root; /* only of records that branches of a fork may share a place with */
    Hash root;
} OrderKey;
gboolean lane_order_key(Lane *self, guint64 height, Place at, OrderKey *out, GError **error);
gint lane_order_compare(gconstpointer a, gconstpointer b, gpointer lane); /* of OrderKey */

/* ---- past.c ---- */
static inline guint64 reach(const GArray *past, guint32 line)
{
    return line < past->len ? g_array_index(past, guint64, line) : 0;
}
static inline gboolean past_has(const GArray *past, Place at)
{
    return at.seq < reach(past, at.line);
}
void past_raise(GArray *past, guint32 line, guint64 size);
GArray *past_copy(const GArray *past);
gboolean lane_line_past(Lane *self, LaneLine *line, GError **error); /* makes past and named */
GArray *lane_past_at(Lane *self, Place at, GError **error);          /* new */
/* Adds to @past the record @at and all that precedes it. */
gboolean lane_past_join(Lane *self, GArray *past, Place at, GError **error);
/* Stores the steps that @it takes, and makes its past the line's. */
gboolean lane_past_step(Lane *self, Candidate *it, GError **error);

/* ---- place.c ---- */
typedef enum { PLACE_YES, PLACE_WAITS, PLACE_MALFORMED } Placing;
/* What can be said of a header before its past is here. NULL: nothing against it. */
const char *place_broken_alone(const Lane *self, const LaneLine *line, guint64 seq, const Header *header);
/* May @it be placed, all before it in its feed being placed? Makes its past. */
gboolean place_check(Lane *self, Candidate *it, Placing *placing, const char **why, GError **error);
/* The party for which the feed of @line writes, given a record's causal past; NULL: for none. */
const char *lane_party_of(const Lane *self, const LaneLine *line, const GArray *past);
const LaneDelegation *lane_delegation_of(const Lane *self, const LaneLine *line, const GArray *past);
const LaneLine *lane_opening_line(const Lane *self, const LaneLine *line);
gboolean lane_is_charter_party(const Lane *self, const char *node);
/* The kinds of things that the charter lets the node of @feed write; NULL where it is no party of the charter. */
const json_t *lane_charter_kinds(const Lane *self, LaneFeed *feed);

/* ---- settle.c ---- */
/* Takes up a record that place_check() let pass and that was judged: stores it (@record; NULL: it is stored, waiting),
 * and does what follows for its line, people, heads, entities, erasing. */
gboolean lane_take_up(Lane *self, Candidate *it, RecordClass class, const char *reason, RecordNew *record,
                      GError **error);
/* Places what waited for what was placed. */
gboolean lane_settle(Lane *self, GError **error);
/* Stops @line at @seq: what is there or comes later is malformed. */
void lane_stop(LaneLine *line, guint64 seq);

/* ---- judge.c ---- */
/* A question about a record: @why, if it is void. @it->kind then says what sort of refusal it is. */
typedef gboolean (*LaneQuestion)(Lane *self, Candidate *it, const char **why, GError **error);
gboolean lane_judge(Lane *self, Candidate *it, RecordClass *class, const char **reason, GError **error);
/* Judges a placed record again: its body came, or was erased, or is back. */
gboolean lane_judge_again(Lane *self, Place at, GError **error);
gboolean void_because(Candidate *it, ComityError kind, const char **why, const char *reason); /* TRUE */
gboolean ask_authority(Lane *self, Candidate *it, const char **why, GError **error);          /* authority.c */
gboolean ask_confirmation(Lane *self, Candidate *it, const char **why, GError **error);       /* authority.c */
gboolean ask_effect(Lane *self, Candidate *it, const char **why, GError **error);             /* homes.c */
gboolean lane_is_charter(const Lane *self, const Candidate *it);
/* Looks the `prev` of @it up: named_prev and below. */
gboolean lane_look_below(Lane *self, Candidate *it, GError **error);

/* ---- lasting.c ---- */
gboolean lane_load_lasting(Lane *self, GError **error);
/* Takes up a placed lasting record. */
void lane_take_up_lasting(Lane *self, Place at, const Hash *leaf, const char *subject, RecordClass class,
                          const ActType *type, const json_t *act);
const LanePerson *lane_person_at(const Lane *self, LaneLine *line, guint64 before, const char *person);
gboolean lane_unknown_before(const Lane *self, const LaneLine *line, guint64 seq);
const GPtrArray *lane_home_acts(const Lane *self, const char *subject); /* of LaneHomeAct; NULL: none */
void lane_free_lasting(Lane *self);
void lane_line_free_people(LaneLine *line);

/* ---- count.c, erase.c ---- */
gboolean lane_count(Lane *self, gboolean quietly, GError **error); /* @quietly: when the lane opens */
/* Erases what the newest eraser names, or puts right what all of them name after counting changed. */
gboolean lane_erase_by(Lane *self, const LaneEraser *eraser, GError **error);
gboolean lane_erase_again(Lane *self, GError **error);

/* ---- heads.c, fold.c ---- */
gboolean lane_heads_add(Lane *self, Candidate *it, GError **error);
gboolean lane_heads_refresh(Lane *self, const char *subject, GError **error);
/* The counted heads in canonical order. New array of Place. */
GArray *lane_heads(Lane *self, const char *subject, GError **error);
gboolean lane_fold_add(Lane *self, Candidate *it, RecordClass class, const char *reason, GError **error);
void lane_forget_entity(Lane *self, const char *subject);
void lane_forget_entities(Lane *self);

/* ---- tree.c ---- */
/* The frontier over the first @size records of @line. New. */
MerkleFrontier *lane_frontier_at(Lane *self, guint32 line, guint64 size, GError **error);
gboolean lane_line_frontier(Lane *self, LaneLine *line, GError **error); /* makes frontier */
gboolean lane_leaf(Lane *self, Place at, Hash *leaf, GError **error);
/* What a leaf completes. */
typedef struct {
    Hash completed[MERKLE_LEVELS];
    guint count;
    Hash root;
} LaneGrowth;
/* Appends @leaf to the tree of @line, whose frontier is made, and says so in @record. @root, @prepared: what is known
 * already, or NULL. */
void lane_grow(Lane *self, LaneLine *line, const Hash *leaf, const Hash *root, const LanePrepared *prepared,
               LaneGrowth *growth, RecordNew *record);

/* ---- seen.c ---- */
typedef struct {
    GArray *entries; /* of SeenEntry, ascending by name */
    GArray *lines;   /* of guint32: the line of each */
} LaneNews;
void lane_news_clear(LaneNews *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LaneNews, lane_news_clear)
/* What the next record of @line names: feeds that moved since it last named them, first those that @prev (of Hash)
 * needs. @room: bytes left for it in the header. Leaves of @prev that nothing brings into the causal past are dropped
 * where @drop says so; else COMITY_ERROR_CONFLICT. */
gboolean lane_news(Lane *self, LaneLine *line, const char *whole_fork, GArray *prev, gboolean drop, gsize room,
                   LaneNews *news, GError **error);
