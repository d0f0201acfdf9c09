/* lane_memory_find.c: look-ups by leaf, act and subject. Keys aren't kept: the row, or its header, says the key, and is
 * only looked at where 32 bits of the key's hash agree. Four fifths full, a table grows by half. */
#include "base/text.h"
#include "ledger/lane_memory_private.h"
#include <string.h>

#define SLOTS_FIRST 1024

/* ---- keys ---- */

static guint32 key_of_hash(const Hash *hash)
{
    guint32 key; /* a hash's bytes are as good as any mixing of them */
    memcpy(&key, hash->bytes, sizeof key);
    return key;
}

/* The words of a text are gone through one after the other; the upper half takes in all bits. */
static guint64 mix(guint64 key, guint64 word)
{
    guint64 product = (key ^ word) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return product ^ product >> 32;
}

static guint32 key_of_text(const char *text, gsize length)
{
    guint64 key = length, word = 0;
    for (; length >= sizeof word; text += sizeof word, length -= sizeof word) {
        memcpy(&word, text, sizeof word);
        key = mix(key, word);
    }
    word = 0;
    memcpy(&word, text, length);
    return (guint32)(mix(key, word) >> 32);
}

const char *memory_subject(const MemoryRow *row)
{
    return row->header + row->time + strlen("2026-03-01T08:00:00.000Z\",\"person\":\"") + row->person_length +
           strlen("\",\"subject\":\"");
}

/* The 64 digits of the act's hash, which stand behind `prev`. */
static const char *act_digits(const MemoryRow *row)
{
    gsize prev = row->prev_count > 0 ? row->prev_count * 67u - 1u : 0;
    return memory_subject(row) + row->subject_length + strlen("\",\"prev\":[") + prev + strlen("],\"act\":\"sha256:");
}

static gboolean is_of(const MemoryRow *row, const char *subject, gsize length)
{
    return row->subject_length == length && memcmp(memory_subject(row), subject, length) == 0;
}

/* ---- tables ---- */

/* Where a key's search begins: its hash as a fraction of the table. */
static guint32 slot_first(const MemoryIndex *index, guint32 hash)
{
    return (guint32)((guint64)hash * index->size >> 32);
}

static guint32 slot_after(const MemoryIndex *index, guint32 slot)
{
    return slot + 1 == index->size ? 0 : slot + 1;
}

static void put(MemoryIndex *index, MemorySlot slot)
{
    guint32 at = slot_first(index, slot.hash);
    while (index->slots[at].row)
        at = slot_after(index, at);
    index->slots[at] = slot;
    index->used++;
}

static void resize(MemoryIndex *index, guint32 size)
{
    MemoryIndex larger = {.size = size, .slots = g_new0(MemorySlot, size)};
    for (guint32 i = 0; i < index->size; i++)
        if (index->slots[i].row)
            put(&larger, index->slots[i]);
    g_free(index->slots);
    *index = larger;
}

static void add(MemoryIndex *index, guint32 row, guint32 hash)
{
    if ((guint64)index->used * 5 >= (guint64)index->size * 4)
        resize(index, index->size ? index->size + index->size / 2 : SLOTS_FIRST);
    put(index, (MemorySlot){row + 1, hash});
}

void lane_memory_reserve(LaneMemory *self, guint32 records)
{
    MemoryIndex *all[] = {&self->by_leaf, &self->by_act, &self->by_subject};
    guint64 size = (self->rows + (guint64)records) * 5 / 4 + SLOTS_FIRST;
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        if (size > all[i]->size && size <= G_MAXUINT32)
            resize(all[i], (guint32)size);
}

static void fetch(const MemoryIndex *index, guint32 hash)
{
    if (index->size > 0)
        __builtin_prefetch(&index->slots[slot_first(index, hash)], 1);
}

void lane_memory_expect(const LaneMemory *self, const Hash *leaf, const Header *header)
{
    fetch(&self->by_leaf, key_of_hash(leaf));
    fetch(&self->by_act, key_of_hash(&header->act));
    fetch(&self->by_subject, key_of_text(header->subject.at, header->subject.length));
}

/* The slot that holds the newest row of @subject; NULL: none. */
static MemorySlot *subject_slot(const LaneMemory *self, const char *subject, gsize length)
{
    const MemoryIndex *index = &self->by_subject;
    guint32 hash = key_of_text(subject, length);
    if (index->size == 0)
        return NULL;
    for (guint32 at = slot_first(index, hash); index->slots[at].row; at = slot_after(index, at))
        if (index->slots[at].hash == hash && is_of(memory_row(self, index->slots[at].row - 1), subject, length))
            return &index->slots[at];
    return NULL;
}

void memory_index_add(LaneMemory *self, guint32 number, const Header *header)
{
    MemoryRow *row = memory_row(self, number);
    add(&self->by_leaf, number, key_of_hash(&row->leaf));
    add(&self->by_act, number, key_of_hash(&header->act));
    MemorySlot *slot = subject_slot(self, header->subject.at, header->subject.length);
    if (slot) {
        row->next = slot->row - 1;
        slot->row = number + 1;
        return;
    }
    add(&self->by_subject, number, key_of_text(header->subject.at, header->subject.length));
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
    guint32 hash = key_of_hash(leaf);
    gsize length = subject ? strlen(subject) : 0;
    (void)error;
    for (guint32 at = slot_first(index, hash); index->size > 0 && index->slots[at].row; at = slot_after(index, at)) {
        if (index->slots[at].hash != hash)
            continue;
        const MemoryRow *row = memory_row(self, index->slots[at].row - 1);
        if (hash_equal(&row->leaf, leaf) && (!subject || is_of(row, subject, length)))
            add_place(places, row);
    }
    return TRUE;
}

gboolean memory_by_act(gpointer store, const Hash *act, GArray *places, GError **error)
{
    const LaneMemory *self = store;
    const MemoryIndex *index = &self->by_act;
    guint32 hash = key_of_hash(act);
    (void)error;
    for (guint32 at = slot_first(index, hash); index->size > 0 && index->slots[at].row; at = slot_after(index, at)) {
        if (index->slots[at].hash != hash)
            continue;
        const MemoryRow *row = memory_row(self, index->slots[at].row - 1);
        char hex[HASH_HEX_SIZE];
        hash_write(hex, act);
        if (memcmp(act_digits(row), hex, HASH_HEX_SIZE - 1) == 0)
            add_place(places, row);
    }
    return TRUE;
}

gboolean memory_of_subject(gpointer store, const char *subject, guint parts, RecordEach each, gpointer data,
                           GError **error)
{
    const LaneMemory *self = store;
    const MemorySlot *slot = subject_slot(self, subject, strlen(subject));
    for (guint32 number = slot ? slot->row - 1 : ROW_NONE; number != ROW_NONE;
         number = memory_row(self, number)->next) {
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
    for (guint32 i = 0; i < self->by_subject.size; i++) {
        if (!self->by_subject.slots[i].row)
            continue;
        const MemoryRow *row = memory_row(self, self->by_subject.slots[i].row - 1);
        g_autofree char *subject = g_strndup(memory_subject(row), row->subject_length);
        if (!each(data, subject, error))
            return FALSE;
    }
    return TRUE;
}

gboolean memory_heads(gpointer store, const char *subject, GArray *places, GError **error)
{
    const LaneMemory *self = store;
    const MemorySlot *slot = subject_slot(self, subject, strlen(subject));
    (void)error;
    for (guint32 number = slot ? slot->row - 1 : ROW_NONE; number != ROW_NONE; number = memory_row(self, number)->next)
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
