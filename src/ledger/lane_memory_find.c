/* lane_memory_find.c: look-ups by leaf, act and subject. Keys aren't kept: a slot holds a row number, and the row, or
 * its header, says the key. Three quarters full, a table doubles. */
#include "base/text.h"
#include "ledger/lane_memory_private.h"
#include <string.h>

#define SLOTS_FIRST 1024

/* ---- keys ---- */

static guint64 mix(guint64 value)
{
    value ^= value >> 33;
    value *= G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
    return value ^ value >> 33;
}

static guint64 key_of_hash(const Hash *hash)
{
    guint64 key;
    memcpy(&key, hash->bytes, sizeof key);
    return mix(key);
}

static guint64 key_of_text(const char *text, gsize length)
{
    guint64 key = G_GUINT64_CONSTANT(14695981039346656037); /* FNV-1a */
    for (gsize i = 0; i < length; i++)
        key = (key ^ (guint8)text[i]) * G_GUINT64_CONSTANT(1099511628211);
    return mix(key);
}

static Hash act_of(const MemoryRow *row)
{
    Hash act;
    gboolean read = hash_read(row->header + row->act_hash, &act);
    g_assert(read); /* the header was scanned when the row was made */
    return act;
}

static guint64 leaf_key(const MemoryRow *row)
{
    return key_of_hash(&row->leaf);
}

static guint64 act_key(const MemoryRow *row)
{
    Hash act = act_of(row);
    return key_of_hash(&act);
}

static guint64 subject_key(const MemoryRow *row)
{
    return key_of_text(row->header + row->subject, row->subject_length);
}

static gboolean is_of(const MemoryRow *row, const char *subject, gsize length)
{
    return row->subject_length == length && memcmp(row->header + row->subject, subject, length) == 0;
}

/* ---- tables ---- */

typedef guint64 (*RowKey)(const MemoryRow *row);

static void put(MemoryIndex *index, guint64 key, guint32 row)
{
    gsize at = key & (index->size - 1);
    while (index->slots[at])
        at = (at + 1) & (index->size - 1);
    index->slots[at] = row + 1;
    index->used++;
}

static void grow(const LaneMemory *self, MemoryIndex *index, RowKey key)
{
    MemoryIndex larger = {.size = index->size ? index->size * 2 : SLOTS_FIRST};
    larger.slots = g_new0(guint32, larger.size);
    for (gsize i = 0; i < index->size; i++)
        if (index->slots[i])
            put(&larger, key(memory_row(self, index->slots[i] - 1)), index->slots[i] - 1);
    g_free(index->slots);
    *index = larger;
}

static void make_room(const LaneMemory *self, MemoryIndex *index, RowKey key)
{
    if ((index->used + 1) * 4 > index->size * 3)
        grow(self, index, key);
}

/* The slot that holds the newest row of @subject; NULL: none. */
static guint32 *subject_slot(const LaneMemory *self, const char *subject, gsize length)
{
    const MemoryIndex *index = &self->by_subject;
    if (index->size == 0)
        return NULL;
    for (gsize at = key_of_text(subject, length) & (index->size - 1); index->slots[at];
         at = (at + 1) & (index->size - 1))
        if (is_of(memory_row(self, index->slots[at] - 1), subject, length))
            return &index->slots[at];
    return NULL;
}

void memory_index_add(LaneMemory *self, guint32 number)
{
    MemoryRow *row = memory_row(self, number);
    make_room(self, &self->by_leaf, leaf_key);
    put(&self->by_leaf, leaf_key(row), number);
    make_room(self, &self->by_act, act_key);
    put(&self->by_act, act_key(row), number);
    guint32 *slot = subject_slot(self, row->header + row->subject, row->subject_length);
    if (slot) {
        row->next = *slot - 1;
        *slot = number + 1;
        return;
    }
    make_room(self, &self->by_subject, subject_key);
    put(&self->by_subject, subject_key(row), number);
}

/* ---- the store's look-ups ---- */

static void add_place(GArray *places, const MemoryRow *row)
{
    Place at = {row->line, row->seq};
    g_array_append_val(places, at);
}

gboolean memory_by_leaf(gpointer store, const Hash *leaf, const char *subject, GArray *places, GError **error)
{
    const LaneMemory *self = store;
    const MemoryIndex *index = &self->by_leaf;
    gsize length = subject ? strlen(subject) : 0;
    (void)error;
    if (index->size == 0)
        return TRUE;
    for (gsize at = key_of_hash(leaf) & (index->size - 1); index->slots[at]; at = (at + 1) & (index->size - 1)) {
        const MemoryRow *row = memory_row(self, index->slots[at] - 1);
        if (hash_equal(&row->leaf, leaf) && (!subject || is_of(row, subject, length)))
            add_place(places, row);
    }
    return TRUE;
}

gboolean memory_by_act(gpointer store, const Hash *act, GArray *places, GError **error)
{
    const LaneMemory *self = store;
    const MemoryIndex *index = &self->by_act;
    char hex[HASH_HEX_SIZE];
    (void)error;
    if (index->size == 0)
        return TRUE;
    hash_write(hex, act);
    for (gsize at = key_of_hash(act) & (index->size - 1); index->slots[at]; at = (at + 1) & (index->size - 1)) {
        const MemoryRow *row = memory_row(self, index->slots[at] - 1);
        if (memcmp(row->header + row->act_hash, hex, HASH_HEX_SIZE - 1) == 0)
            add_place(places, row);
    }
    return TRUE;
}

gboolean memory_of_subject(gpointer store, const char *subject, guint parts, RecordEach each, gpointer data,
                           GError **error)
{
    const LaneMemory *self = store;
    const guint32 *slot = subject_slot(self, subject, strlen(subject));
    for (guint32 number = slot ? *slot - 1 : ROW_NONE; number != ROW_NONE; number = memory_row(self, number)->next) {
        g_auto(RecordRow) row = {0};
        memory_fill(self, number, parts, &row);
        if (!each(data, &row, error))
            return FALSE;
    }
    return TRUE;
}

gboolean memory_subjects(gpointer store, SubjectEach each, gpointer data, GError **error)
{
    const LaneMemory *self = store;
    for (gsize i = 0; i < self->by_subject.size; i++) {
        if (!self->by_subject.slots[i])
            continue;
        const MemoryRow *row = memory_row(self, self->by_subject.slots[i] - 1);
        g_autofree char *subject = g_strndup(row->header + row->subject, row->subject_length);
        if (!each(data, subject, error))
            return FALSE;
    }
    return TRUE;
}

gboolean memory_heads(gpointer store, const char *subject, GArray *places, GError **error)
{
    const LaneMemory *self = store;
    const guint32 *slot = subject_slot(self, subject, strlen(subject));
    (void)error;
    for (guint32 number = slot ? *slot - 1 : ROW_NONE; number != ROW_NONE; number = memory_row(self, number)->next)
        if (memory_row(self, number)->flags & ROW_HEAD)
            add_place(places, memory_row(self, number));
    return TRUE;
}

gboolean memory_head_put(gpointer store, const char *subject, Place at, GError **error)
{
    (void)subject;
    (void)error;
    memory_row(store, memory_row_at(store, at))->flags |= ROW_HEAD;
    return TRUE;
}

gboolean memory_head_drop(gpointer store, const char *subject, Place at, GError **error)
{
    (void)subject;
    (void)error;
    memory_row(store, memory_row_at(store, at))->flags &= (guint8)~ROW_HEAD;
    return TRUE;
}
