/* order.c: canonical order: ascending (height, node, epoch, seq, root). It extends causality, for whatever precedes a
 * record is lower; it needs no clock, and never changes by what arrives later. The root only parts records that stand
 * at the same place of two branches of a forked feed, so it is computed for these alone. */
#include "ledger/lane_private.h"
#include <string.h>

gboolean lane_order_key(Lane *self, guint64 height, Place at, OrderKey *out, GError **error)
{
    *out = (OrderKey){.height = height, .at = at};
    if (at.seq < lane_line_at(self, at.line)->feed->forked_at)
        return TRUE;
    out->has_root = TRUE;
    return lane_root(self, at.line, at.seq + 1, &out->root, error);
}

gint lane_order_compare(gconstpointer a, gconstpointer b, gpointer lane)
{
    const OrderKey *x = a, *y = b;
    if (x->height != y->height)
        return x->height < y->height ? -1 : 1;
    const LaneFeed *of_x = lane_line_at(lane, x->at.line)->feed, *of_y = lane_line_at(lane, y->at.line)->feed;
    int order = of_x == of_y ? 0 : strcmp(of_x->node, of_y->node);
    if (order == 0 && of_x != of_y)
        order = strcmp(of_x->epoch, of_y->epoch);
    if (order != 0)
        return order;
    if (x->at.seq != y->at.seq)
        return x->at.seq < y->at.seq ? -1 : 1;
    return memcmp(x->root.bytes, y->root.bytes, HASH_SIZE);
}

typedef struct {
    Lane *lane;
    GArray *keys; /* of OrderKey */
} Collecting;

static gboolean collect(gpointer data, const RecordRow *row, GError **error)
{
    Collecting *self = data;
    OrderKey key;
    if (!lane_counts(self->lane, row->at))
        return TRUE;
    if (!lane_order_key(self->lane, row->height, row->at, &key, error))
        return FALSE;
    g_array_append_val(self->keys, key);
    return TRUE;
}

/* The places of @keys in canonical order. New. */
static GArray *sorted_places(Lane *self, GArray *keys)
{
    g_array_sort_with_data(keys, lane_order_compare, self);
    GArray *places = g_array_sized_new(FALSE, FALSE, sizeof(Place), keys->len);
    for (guint i = 0; i < keys->len; i++)
        g_array_append_val(places, g_array_index(keys, OrderKey, i).at);
    return places;
}

GArray *lane_canonical(Lane *self, GError **error)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(OrderKey));
    Collecting collecting = {self, keys};
    for (guint i = 0; i < self->lines->len; i++) {
        const LineRow *row = lane_line(self, i);
        if (!self->store.class->records(self->store.store, i, row->start, row->placed - row->start, 0, collect,
                                        &collecting, error))
            return NULL;
    }
    return sorted_places(self, keys);
}

GArray *lane_of_subject(Lane *self, const char *subject, GError **error)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(OrderKey));
    Collecting collecting = {self, keys};
    if (!self->store.class->of_subject(self->store.store, subject, 0, collect, &collecting, error))
        return NULL;
    return sorted_places(self, keys);
}
