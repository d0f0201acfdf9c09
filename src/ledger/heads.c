/* heads.c: the heads of a subject: its counted records that no other counted record of it names. They are kept as rows
 * of the ledger, made from headers alone, so that a writer finds what to name without folding anything.
 *   H1  A record's `prev` counts as far as it is a record of this subject in its causal past, whatever its verdict.
 *   H2  One leaf can stand in two branches of a forked feed. Records beyond a fork come to count only through count.c,
 *       which makes the heads of their subjects afresh; so what is added here stands alone. */
#include "ledger/lane_private.h"
#include <string.h>

gboolean lane_heads_add(Lane *self, Candidate *it, GError **error)
{
    const LaneStoreClass *store = self->store.class;
    if (g_str_equal(it->subject, self->id))
        return TRUE;
    if (!lane_look_below(self, it, error))
        return FALSE;
    for (guint i = 0; i < it->below->len; i++)
        if (!store->head_drop(self->store.store, it->subject, g_array_index(it->below, Place, i), error))
            return FALSE;
    return store->head_put(self->store.store, it->subject, it->at, error);
}

typedef struct {
    Lane *lane;
    GHashTable *leaves; /* Hash -> GArray of Place: counted records */
    GHashTable *named;  /* set of Hash */
} Refreshing;

/* Which of its `prev` count (H1): all that a valid record names; of the others, what is in their past. */
static gboolean note_named(Refreshing *self, const RecordRow *row, const Header *header, GError **error)
{
    g_auto(Candidate) it;
    candidate_init(&it, lane_line_at(self->lane, row->at.line), row->at.seq, header, row->leaf);
    it.merged = it.past = lane_past_at(self->lane, row->at, error);
    if (!it.past || !lane_look_below(self->lane, &it, error))
        return FALSE;
    for (guint i = 0; i < header->prev_count; i++) {
        Hash leaf = header_prev(header, i);
        if (it.named_prev[i])
            g_hash_table_add(self->named, g_memdup2(&leaf, sizeof leaf));
    }
    return TRUE;
}

static gboolean note_record(gpointer data, const RecordRow *row, GError **error)
{
    Refreshing *self = data;
    Header header;
    const char *reason;
    gsize length;
    const char *bytes = g_bytes_get_data(row->header, &length);
    if (!lane_counts(self->lane, row->at) || !header_scan(bytes, length, &header, &reason))
        return TRUE;
    GArray *places = g_hash_table_lookup(self->leaves, &row->leaf);
    if (!places) {
        places = g_array_new(FALSE, FALSE, sizeof(Place));
        g_hash_table_insert(self->leaves, g_memdup2(&row->leaf, sizeof row->leaf), places);
    }
    g_array_append_val(places, row->at);
    return header.prev_count == 0 || note_named(self, row, &header, error);
}

static gboolean replace_heads(Refreshing *self, const char *subject, GError **error)
{
    const LaneStore *store = &self->lane->store;
    g_autoptr(GArray) old = g_array_new(FALSE, FALSE, sizeof(Place));
    if (!store->class->heads(store->store, subject, old, error))
        return FALSE;
    for (guint i = 0; i < old->len; i++)
        if (!store->class->head_drop(store->store, subject, g_array_index(old, Place, i), error))
            return FALSE;
    GHashTableIter iter;
    gpointer leaf, places;
    g_hash_table_iter_init(&iter, self->leaves);
    while (g_hash_table_iter_next(&iter, &leaf, &places)) {
        for (guint i = 0; !g_hash_table_contains(self->named, leaf) && i < ((GArray *)places)->len; i++)
            if (!store->class->head_put(store->store, subject, g_array_index((GArray *)places, Place, i), error))
                return FALSE;
    }
    return TRUE;
}

gboolean lane_heads_refresh(Lane *self, const char *subject, GError **error)
{
    if (g_str_equal(subject, self->id))
        return TRUE;
    g_autoptr(GHashTable) leaves =
        g_hash_table_new_full(hash_table_hash, hash_table_equal, g_free, (GDestroyNotify)g_array_unref);
    g_autoptr(GHashTable) named = g_hash_table_new_full(hash_table_hash, hash_table_equal, g_free, NULL);
    Refreshing refreshing = {self, leaves, named};
    return self->store.class->of_subject(self->store.store, subject, RECORD_HEADER, note_record, &refreshing, error) &&
           replace_heads(&refreshing, subject, error);
}

GArray *lane_heads(Lane *self, const char *subject, GError **error)
{
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(OrderKey));
    if (!self->store.class->heads(self->store.store, subject, places, error))
        return NULL;
    for (guint i = 0; i < places->len; i++) {
        g_auto(RecordRow) row = {0};
        OrderKey key;
        Place at = g_array_index(places, Place, i);
        if (!lane_record(self, at, 0, &row, error) || !lane_order_key(self, row.height, at, &key, error))
            return NULL;
        g_array_append_val(keys, key);
    }
    g_array_sort_with_data(keys, lane_order_compare, self);
    for (guint i = 0; i < keys->len; i++)
        g_array_index(places, Place, i) = g_array_index(keys, OrderKey, i).at;
    return g_steal_pointer(&places);
}
