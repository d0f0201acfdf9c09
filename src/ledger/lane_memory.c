/* lane_memory.c: rows and bodies. See lane_memory.h. Rows and hashes lie in blocks, so that growing copies nothing and
 * wastes at most a block. */
#include "ledger/lane_memory.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/lane_memory_private.h"
#include <string.h>

#define ARENA_BLOCK (1024 * 1024)
#define TIME_LENGTH 24

MemoryRow *memory_row(const LaneMemory *self, guint32 row)
{
    return (MemoryRow *)g_ptr_array_index(self->blocks, row / ROWS_A_BLOCK) + row % ROWS_A_BLOCK;
}

static Hash *hash_at(const LaneMemory *self, guint32 index)
{
    return (Hash *)g_ptr_array_index(self->hashes, index / ROWS_A_BLOCK) + index % ROWS_A_BLOCK;
}

/* Rows of a line stand from its first own record on, without a gap. */
guint32 memory_row_at(const LaneMemory *self, Place at)
{
    if (at.line >= self->lines->len)
        return ROW_NONE;
    const GArray *rows = g_ptr_array_index(self->lines, at.line);
    const LineRow *line = g_ptr_array_index(self->line_rows, at.line);
    if (at.seq < line->start || at.seq - line->start >= rows->len)
        return ROW_NONE;
    return g_array_index(rows, guint32, at.seq - line->start);
}

static gboolean not_found(Place at, GError **error)
{
    error_set(error, COMITY_ERROR_NOT_FOUND, "record.not_found", "",
              "There is no record %" G_GUINT64_FORMAT " on line %u.", at.seq, at.line);
    return FALSE;
}

/* ---- bodies ---- */

static const char *copy_bytes(LaneMemory *self, const char *bytes, gsize length)
{
    if (length > self->arena_left) {
        gsize size = MAX(length, ARENA_BLOCK);
        g_ptr_array_add(self->arena, g_malloc(size));
        self->arena_left = size;
        self->arena_bytes = size;
    }
    char *at = (char *)g_ptr_array_index(self->arena, self->arena->len - 1) + (self->arena_bytes - self->arena_left);
    memcpy(at, bytes, length);
    self->arena_left -= length;
    return at;
}

static const char *keep_bytes(LaneMemory *self, Span bytes)
{
    return self->borrow ? bytes.at : copy_bytes(self, bytes.at, bytes.length);
}

static void keep_confirmation(LaneMemory *self, guint32 number, const char *bytes, gsize length)
{
    g_hash_table_insert(self->confirmations, GUINT_TO_POINTER(number + 1), g_bytes_new(bytes, length));
}

static gboolean record_bodies(gpointer store, Place at, GBytes *act, GBytes *confirmation, GError **error)
{
    LaneMemory *self = store;
    guint32 number = memory_row_at(self, at);
    if (number == ROW_NONE)
        return not_found(at, error);
    MemoryRow *row = memory_row(self, number);
    if (row->act && !self->borrow)
        memset((char *)row->act, 0, row->act_length);
    row->act = NULL;
    row->act_length = 0;
    if (act) {
        gsize length;
        const char *bytes = g_bytes_get_data(act, &length);
        row->act = copy_bytes(self, bytes, length);
        row->act_length = (guint32)length;
    }
    g_hash_table_remove(self->confirmations, GUINT_TO_POINTER(number + 1));
    if (confirmation) {
        gsize length;
        const char *bytes = g_bytes_get_data(confirmation, &length);
        keep_confirmation(self, number, bytes, length);
    }
    return TRUE;
}

/* ---- rows ---- */

static guint8 reason_number(LaneMemory *self, const char *reason)
{
    for (guint i = 0; i < self->reasons->len; i++)
        if (g_ptr_array_index(self->reasons, i) == reason || g_str_equal(g_ptr_array_index(self->reasons, i), reason))
            return (guint8)i;
    g_assert(self->reasons->len <= G_MAXUINT8); /* reasons are static texts of the program */
    g_ptr_array_add(self->reasons, (gpointer)g_intern_string(reason));
    return (guint8)(self->reasons->len - 1);
}

static guint32 keep_completed(LaneMemory *self, const Hash *hashes, guint count)
{
    guint32 first = self->hash_count;
    for (guint i = 0; i < count; i++) {
        if (self->hash_count % ROWS_A_BLOCK == 0)
            g_ptr_array_add(self->hashes, g_new(Hash, ROWS_A_BLOCK));
        *hash_at(self, self->hash_count++) = hashes[i];
    }
    return first;
}

static void read_header(MemoryRow *row, const Header *header)
{
    row->height = header->height;
    row->time_ms = header->time_ms;
    row->time = (guint16)(header->person.at - header->bytes.at - (gssize)strlen("\",\"person\":\"") - TIME_LENGTH);
    row->person_length = (guint8)header->person.length;
    row->subject_length = (guint8)header->subject.length;
    row->prev_count = (guint8)header->prev_count;
    if (header->lasting)
        row->flags |= ROW_LASTING;
}

static gboolean record_put(gpointer store, const RecordNew *record, GError **error)
{
    LaneMemory *self = store;
    (void)error;
    guint32 number = self->rows++;
    if (number % ROWS_A_BLOCK == 0)
        g_ptr_array_add(self->blocks, g_new0(MemoryRow, ROWS_A_BLOCK));
    MemoryRow *row = memory_row(self, number);
    row->line = record->at.line;
    row->seq = (guint32)record->at.seq;
    row->leaf = record->leaf;
    row->completed = keep_completed(self, record->completed, record->completed_count);
    row->header = keep_bytes(self, record->header_bytes);
    row->header_length = (guint32)record->header_bytes.length;
    row->class = (guint8)record->class;
    row->reason = reason_number(self, record->reason);
    row->flags = record->attested ? ROW_ATTESTED : 0;
    row->next = ROW_NONE;
    if (record->act) {
        row->act = keep_bytes(self, *record->act);
        row->act_length = (guint32)record->act->length;
    }
    if (record->confirmation)
        keep_confirmation(self, number, record->confirmation->at, record->confirmation->length);
    g_array_append_val((GArray *)g_ptr_array_index(self->lines, record->at.line), number);
    if (!record->header)
        return TRUE;
    read_header(row, record->header);
    if (record->header->lasting)
        g_array_append_val(self->lasting, number);
    memory_index_add(self, number, record->header);
    return TRUE;
}

void memory_fill(const LaneMemory *self, guint32 number, guint parts, RecordRow *out)
{
    const MemoryRow *row = memory_row(self, number);
    GBytes *confirmation = NULL;
    *out = (RecordRow){.at = {row->line, row->seq},
                       .leaf = row->leaf,
                       .height = row->height,
                       .time_ms = row->time_ms,
                       .class = row->class,
                       .reason = g_ptr_array_index(self->reasons, row->reason),
                       .lasting = (row->flags & ROW_LASTING) != 0,
                       .has_act = row->act != NULL,
                       .attested = (row->flags & ROW_ATTESTED) != 0};
    if (parts & RECORD_HEADER)
        out->header = g_bytes_new_static(row->header, row->header_length);
    if (parts & RECORD_ACT && row->act)
        out->act = g_bytes_new_static(row->act, row->act_length);
    if (parts & RECORD_CONFIRMATION)
        confirmation = g_hash_table_lookup(self->confirmations, GUINT_TO_POINTER(number + 1));
    if (confirmation)
        out->confirmation = g_bytes_ref(confirmation);
}

static gboolean record_get(gpointer store, Place at, guint parts, RecordRow *out, GError **error)
{
    const LaneMemory *self = store;
    guint32 number = memory_row_at(self, at);
    if (number == ROW_NONE)
        return not_found(at, error);
    memory_fill(self, number, parts, out);
    return TRUE;
}

static gboolean record_judged(gpointer store, Place at, RecordClass class, const char *reason, GError **error)
{
    LaneMemory *self = store;
    guint32 number = memory_row_at(self, at);
    if (number == ROW_NONE)
        return not_found(at, error);
    memory_row(self, number)->class = (guint8) class;
    memory_row(self, number)->reason = reason_number(self, reason);
    return TRUE;
}

static gboolean record_attested(gpointer store, Place at, GError **error)
{
    const LaneMemory *self = store;
    guint32 number = memory_row_at(self, at);
    if (number == ROW_NONE)
        return not_found(at, error);
    memory_row(self, number)->flags |= ROW_ATTESTED;
    return TRUE;
}

static gboolean subtree(gpointer store, Place at, guint level, Hash *out, GError **error)
{
    const LaneMemory *self = store;
    guint32 number = memory_row_at(self, at);
    if (number == ROW_NONE || (level > 0 && (at.seq + 1) & ((G_GUINT64_CONSTANT(1) << level) - 1)))
        return not_found(at, error);
    const MemoryRow *row = memory_row(self, number);
    *out = level == 0 ? row->leaf : *hash_at(self, row->completed + level - 1);
    return TRUE;
}

static gboolean records(gpointer store, guint32 line, guint64 from, guint64 count, guint parts, RecordEach each,
                        gpointer data, GError **error)
{
    const LaneMemory *self = store;
    for (guint64 i = 0; i < count; i++) {
        g_auto(RecordRow) row = {0};
        guint32 number = memory_row_at(self, (Place){line, from + i});
        if (number == ROW_NONE)
            return TRUE;
        memory_fill(self, number, parts, &row);
        if (!each(data, &row, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean lasting(gpointer store, guint parts, RecordEach each, gpointer data, GError **error)
{
    const LaneMemory *self = store;
    for (guint i = 0; i < self->lasting->len; i++) {
        g_auto(RecordRow) row = {0};
        memory_fill(self, g_array_index(self->lasting, guint32, i), parts, &row);
        if (!each(data, &row, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- the whole ---- */

static const LaneStoreClass memory_class = {
    .keeps_roots = FALSE,
    .lines = memory_lines,
    .line_put = memory_line_put,
    .record_put = record_put,
    .record_get = record_get,
    .record_judged = record_judged,
    .record_bodies = record_bodies,
    .record_attested = record_attested,
    .subtree = subtree,
    .records = records,
    .by_leaf = memory_by_leaf,
    .by_act = memory_by_act,
    .of_subject = memory_of_subject,
    .subjects = memory_subjects,
    .lasting = lasting,
    .step_put = memory_step_put,
    .step_at = memory_step_at,
    .step_beyond = memory_step_beyond,
    .heads = memory_heads,
    .head_put = memory_head_put,
    .head_drop = memory_head_drop,
    .erased = memory_erased,
    .erased_put = memory_erased_put,
    .erased_drop = memory_erased_drop,
    .erased_any = memory_erased_any,
    .early_put = memory_early_put,
    .early_at = memory_early_at,
    .early_drop = memory_early_drop,
    .early_count = memory_early_count,
};

LaneMemory *lane_memory_new(gboolean borrow)
{
    LaneMemory *self = g_new0(LaneMemory, 1);
    self->store = (LaneStore){&memory_class, self};
    self->borrow = borrow;
    self->blocks = g_ptr_array_new_with_free_func(g_free);
    self->hashes = g_ptr_array_new_with_free_func(g_free);
    self->arena = g_ptr_array_new_with_free_func(g_free);
    self->reasons = g_ptr_array_new();
    self->lasting = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->confirmations = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
    memory_side_init(self);
    return self;
}

void lane_memory_free(LaneMemory *self)
{
    if (!self)
        return;
    memory_side_free(self);
    g_hash_table_unref(self->confirmations);
    g_array_unref(self->lasting);
    g_ptr_array_unref(self->reasons);
    g_ptr_array_unref(self->arena);
    g_ptr_array_unref(self->hashes);
    g_ptr_array_unref(self->blocks);
    g_free(self->by_leaf.slots);
    g_free(self->by_act.slots);
    g_free(self->by_subject.slots);
    g_free(self);
}

const LaneStore *lane_memory_store(LaneMemory *self)
{
    return &self->store;
}

gsize lane_memory_overhead(const LaneMemory *self)
{
    gsize rows = self->blocks->len * ROWS_A_BLOCK * sizeof(MemoryRow);
    gsize hashes = self->hashes->len * ROWS_A_BLOCK * sizeof(Hash);
    gsize slots = (gsize)self->by_leaf.size + self->by_act.size + self->by_subject.size;
    return rows + hashes + slots * sizeof(MemorySlot) + self->rows * sizeof(guint32);
}
