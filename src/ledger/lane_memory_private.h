/* ledger/lane_memory_private.h: the parts of the store in memory.
 *   lane_memory.c       rows and their bodies, the class of functions
 *   lane_memory_find.c  look-ups by leaf, act, subject
 *   lane_memory_side.c  what is few: lines, steps, erased acts, early records */
#pragma once
#include "ledger/lane_memory.h"

#define ROWS_A_BLOCK 8192
#define ROW_NONE G_MAXUINT32

enum { ROW_LASTING = 1, ROW_ATTESTED = 2, ROW_HEAD = 4 };

/* 96 bytes. The members of a header stand in one order, so a few lengths say where each lies. */
typedef struct {
    const char *header, *act; /* act NULL: not here */
    Hash leaf;
    guint64 height;
    gint64 time_ms; /* as the header has it: asking for a record's class needn't touch the header */
    guint32 header_length, act_length;
    guint32 line, seq;
    guint32 completed; /* index of its first hash */
    guint32 next;      /* the row of the same subject before it; ROW_NONE */
    guint16 time;      /* offset of the time; 0: the bytes are no header */
    guint8 person_length, subject_length, prev_count;
    guint8 class, flags;
    guint8 reason;
} MemoryRow;

/* Open addressing over row numbers. A slot keeps 32 bits of the key's hash, so that looking past others and growing
 * touch no row. */
typedef struct {
    guint32 row; /* + 1; 0: free */
    guint32 hash;
} MemorySlot;
typedef struct {
    MemorySlot *slots;
    guint32 size, used;
} MemoryIndex;

struct LaneMemory {
    LaneStore store;
    gboolean borrow;
    GPtrArray *blocks; /* of ROWS_A_BLOCK rows each */
    guint32 rows;
    GPtrArray *hashes; /* blocks of completed subtrees */
    guint32 hash_count;
    GPtrArray *lines;     /* of GArray of guint32: row numbers, by seq - start */
    GPtrArray *line_rows; /* of LineRow */
    GPtrArray *reasons;   /* interned */
    GArray *lasting;      /* of guint32 */
    MemoryIndex by_leaf, by_act, by_subject;
    GHashTable *confirmations; /* row -> GBytes */
    GPtrArray *arena;          /* blocks of copied bodies */
    gsize arena_left;
    gsize arena_bytes;
    GHashTable *steps;  /* gint64 line << 32 | cited -> GArray of StepRow */
    GHashTable *erased; /* "<node> <hex>" */
    GHashTable *early;  /* "<node>/<epoch>/<seq>" -> GPtrArray of EarlyRow */
    guint64 early_count;
};

MemoryRow *memory_row(const LaneMemory *self, guint32 row);
guint32 memory_row_at(const LaneMemory *self, Place at); /* ROW_NONE: not there */
void memory_fill(const LaneMemory *self, guint32 number, guint parts, RecordRow *out);

/* lane_memory_find.c */
const char *memory_subject(const MemoryRow *row);
void memory_index_add(LaneMemory *self, guint32 row, const Header *header);
gboolean memory_by_leaf(gpointer store, const Hash *leaf, const char *subject, GArray *places, GError **error);
gboolean memory_by_act(gpointer store, const Hash *act, GArray *places, GError **error);
gboolean memory_of_subject(gpointer store, const char *subject, guint parts, RecordEach each, gpointer data,
                           GError **error);
gboolean memory_subjects(gpointer store, SubjectEach each, gpointer data, GError **error);
gboolean memory_heads(gpointer store, const char *subject, GArray *places, GError **error);
gboolean memory_head_put(gpointer store, const char *subject, Place at, GError **error);
gboolean memory_head_drop(gpointer store, const char *subject, Place at, GError **error);

/* lane_memory_side.c */
void memory_side_init(LaneMemory *self);
void memory_side_free(LaneMemory *self);
GPtrArray *memory_lines(gpointer store, GError **error);
gboolean memory_line_put(gpointer store, const LineRow *line, GError **error);
gboolean memory_step_put(gpointer store, const StepRow *step, GError **error);
gboolean memory_step_at(gpointer store, guint32 line, guint32 cited, guint64 seq, StepRow *out, gboolean *found,
                        GError **error);
gboolean memory_step_beyond(gpointer store, guint32 line, guint32 cited, guint64 past, guint64 *seq, GError **error);
gboolean memory_erased(gpointer store, const char *node, const Hash *act, gboolean *found, GError **error);
gboolean memory_erased_put(gpointer store, const char *node, const Hash *act, GError **error);
gboolean memory_erased_drop(gpointer store, const char *node, const Hash *act, GError **error);
gboolean memory_erased_any(gpointer store, gboolean *any, GError **error);
gboolean memory_early_put(gpointer store, const EarlyRow *early, GError **error);
GPtrArray *memory_early_at(gpointer store, const char *node, const char *epoch, guint64 seq, GError **error);
gboolean memory_early_drop(gpointer store, const char *node, const char *epoch, guint64 seq, const Hash *root,
                           GError **error);
gboolean memory_early_count(gpointer store, guint64 *count, GError **error);
