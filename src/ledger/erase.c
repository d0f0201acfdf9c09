/* erase.c: what valid, counted `erased` acts name is erased: by the hash of the act, so that an act which its node
 * wrote twice is gone from both places. It takes effect at once; the bytes go with lane_purge(), in the same
 * transaction. Erasing depends on the whole set only through what counts: where that changes, all of it is put right
 * again. */
#include "ledger/lane_private.h"

/* An act as its node wrote it. Keys a hash table: "<node> <act hash>", the hash as bytes. */
typedef struct {
    const char *node; /* the feed's */
    Hash act;
} Erased;

static guint erased_hash(gconstpointer key)
{
    const Erased *erased = key;
    return hash_table_hash(&erased->act);
}

static gboolean erased_equal(gconstpointer a, gconstpointer b)
{
    const Erased *x = a, *y = b;
    return hash_equal(&x->act, &y->act) && g_str_equal(x->node, y->node);
}

/* The act that the first placed record with @leaf holds. */
static gboolean find_act(Lane *self, const Hash *leaf, Erased *out, gboolean *found, GError **error)
{
    g_autoptr(GArray) places = lane_by_leaf(self, leaf, error);
    *found = FALSE;
    if (!places)
        return FALSE;
    if (places->len == 0)
        return TRUE;
    Place at = g_array_index(places, Place, 0);
    g_auto(RecordRow) row = {0};
    Header header;
    const char *reason;
    gsize length;
    if (!lane_record(self, at, RECORD_HEADER, &row, error))
        return FALSE;
    const char *bytes = g_bytes_get_data(row.header, &length);
    *found = header_scan(bytes, length, &header, &reason);
    *out = (Erased){lane_line_at(self, at.line)->feed->node, header.act};
    return TRUE;
}

/* Judges every record again that holds this act: it is erased now, or no longer. */
static gboolean flip(Lane *self, const Erased *erased, GError **error)
{
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    if (!self->store.class->by_act(self->store.store, &erased->act, places, error))
        return FALSE;
    for (guint i = 0; i < places->len; i++) {
        Place at = g_array_index(places, Place, i);
        g_auto(RecordRow) row = {0};
        if (!lane_is_placed(self, at) || !g_str_equal(lane_line(self, at.line)->node, erased->node))
            continue;
        if (!lane_record(self, at, 0, &row, error))
            return FALSE;
        if (!row.lasting && !lane_judge_again(self, at, error))
            return FALSE;
    }
    return TRUE;
}

/* Makes @erased erased, or not, if it isn't so already. */
static gboolean make(Lane *self, const Erased *erased, gboolean wanted, GError **error)
{
    const LaneStoreClass *store = self->store.class;
    gboolean is;
    if (!store->erased(self->store.store, erased->node, &erased->act, &is, error))
        return FALSE;
    if (is == wanted)
        return TRUE;
    gboolean done = wanted ? store->erased_put(self->store.store, erased->node, &erased->act, error)
                           : store->erased_drop(self->store.store, erased->node, &erased->act, error);
    self->erased_any = TRUE;
    return done && flip(self, erased, error);
}

gboolean lane_erase_by(Lane *self, const LaneEraser *eraser, GError **error)
{
    for (guint i = 0; i < eraser->leaves->len; i++) {
        Erased erased;
        gboolean found;
        if (!find_act(self, &g_array_index(eraser->leaves, Hash, i), &erased, &found, error) ||
            (found && !make(self, &erased, TRUE, error)))
            return FALSE;
    }
    return TRUE;
}

/* Adds what @eraser names to @acts: TRUE as value where it counts. */
static gboolean collect(Lane *self, const LaneEraser *eraser, GHashTable *acts, GError **error)
{
    gboolean counts = lane_counts(self, eraser->at);
    for (guint i = 0; i < eraser->leaves->len; i++) {
        Erased erased;
        gboolean found;
        if (!find_act(self, &g_array_index(eraser->leaves, Hash, i), &erased, &found, error))
            return FALSE;
        if (found && (counts || !g_hash_table_contains(acts, &erased)))
            g_hash_table_replace(acts, g_memdup2(&erased, sizeof erased), GINT_TO_POINTER(counts));
    }
    return TRUE;
}

gboolean lane_erase_again(Lane *self, GError **error)
{
    g_autoptr(GHashTable) acts = g_hash_table_new_full(erased_hash, erased_equal, g_free, NULL);
    for (guint i = 0; i < self->erasers->len; i++)
        if (!collect(self, g_ptr_array_index(self->erasers, i), acts, error))
            return FALSE;
    GHashTableIter iter;
    gpointer erased, wanted;
    g_hash_table_iter_init(&iter, acts);
    while (g_hash_table_iter_next(&iter, &erased, &wanted))
        if (!make(self, erased, GPOINTER_TO_INT(wanted) != 0, error))
            return FALSE;
    return TRUE;
}

const GArray *lane_erased(const Lane *self)
{
    return self->erased_now;
}

gboolean lane_purge(Lane *self, GError **error)
{
    for (guint i = 0; i < self->erased_now->len; i++) {
        Place at = g_array_index(self->erased_now, Place, i);
        g_auto(RecordRow) row = {0};
        if (!lane_record(self, at, 0, &row, error))
            return FALSE;
        if (row.class == RECORD_ERASED && !self->store.class->record_bodies(self->store.store, at, NULL, NULL, error))
            return FALSE;
    }
    g_array_set_size(self->erased_now, 0);
    return TRUE;
}
