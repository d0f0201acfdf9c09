/* seen.c: what the next record of the own feed names: the feeds of the lane that moved since it last named them. So
 * each record is gossip, and two parties who were shown different histories contradict each other in their own feeds.
 *   G1  Only sizes for which a signed checkpoint is here: whoever names a size shows one on request.
 *   G2  Of a forked feed nothing beyond the fork, but for the one record that reports it.
 *   G3  What doesn't fit the header is left for the next record, but never what `prev` needs. */
#include "base/error.h"
#include "ledger/lane_private.h"
#include <string.h>

typedef struct {
    SeenEntry entry;
    guint32 line;
    gboolean needed;
} Item;

void lane_news_clear(LaneNews *self)
{
    g_clear_pointer(&self->entries, g_array_unref);
    g_clear_pointer(&self->lines, g_array_unref);
}

/* How many records of @feed were named before, on whichever branch. */
static guint64 named_of(const LaneFeed *feed, const GArray *named)
{
    guint64 size = 0;
    for (guint i = 0; i < feed->lines->len; i++)
        size = MAX(size, reach(named, g_array_index(feed->lines, guint32, i)));
    return size;
}

/* The greatest size from @before (not included) to @limit that may be named (G1); 0: none. Own epochs always may. */
static gboolean nameable(Lane *self, const LaneLine *line, guint64 before, guint64 limit, guint64 *size, GError **error)
{
    *size = limit;
    if (limit <= before)
        *size = 0;
    else if (g_strcmp0(line->feed->node, self->node) != 0 && line->row.attested <= limit)
        *size = line->row.attested > before ? line->row.attested : 0;
    if (*size != limit || g_strcmp0(line->feed->node, self->node) == 0 || line->row.attested == limit)
        return TRUE;
    for (; *size > before; --*size) { /* a fork or a closing cuts below what is attested */
        g_auto(RecordRow) row = {0};
        if (!lane_record(self, lane_resolve(self, line->row.line, *size - 1), 0, &row, error))
            return FALSE;
        if (row.attested)
            return TRUE;
    }
    *size = 0;
    return TRUE;
}

static gboolean add_item(Lane *self, GArray *items, const LaneLine *own, const LaneFeed *feed, const char *whole_fork,
                         GError **error)
{
    const LaneLine *line = lane_line_at(self, feed->first);
    g_autofree char *name = g_strdup_printf("%s/%s", feed->node, feed->epoch);
    guint64 limit = line->row.placed, size;
    if (g_strcmp0(name, whole_fork) != 0)
        limit = MIN(limit, feed->forked_at); /* G2 */
    if (!nameable(self, line, named_of(feed, own->named), limit, &size, error))
        return FALSE;
    if (size == 0)
        return TRUE;
    Item item = {.line = line->row.line};
    item.entry.node = (Span){feed->node, strlen(feed->node)};
    item.entry.epoch = (Span){feed->epoch, strlen(feed->epoch)};
    item.entry.size = size;
    if (!lane_root(self, item.line, size, &item.entry.root, error))
        return FALSE;
    g_array_append_val(items, item);
    return TRUE;
}

/* Does @item bring @at into the causal past? */
static gboolean brings(Lane *self, const Item *item, Place at, gboolean *brought, GError **error)
{
    guint64 size = item->entry.size;
    if (item->line != at.line && !lane_past(self, (Place){item->line, item->entry.size - 1}, at.line, &size, error))
        return FALSE;
    *brought = at.seq < size;
    return TRUE;
}

/* Finds what makes one of @places precede the next record: its own past, or an item, which is then needed. */
static gboolean reach_one(Lane *self, const LaneLine *own, GArray *items, const GArray *places, gboolean *reached,
                          GError **error)
{
    *reached = FALSE;
    for (guint i = 0; !*reached && i < places->len; i++)
        *reached = past_has(own->past, g_array_index(places, Place, i));
    for (guint i = 0; !*reached && i < items->len; i++) {
        Item *item = &g_array_index(items, Item, i);
        for (guint k = 0; !*reached && k < places->len; k++)
            if (!brings(self, item, g_array_index(places, Place, k), reached, error))
                return FALSE;
        item->needed = item->needed || *reached;
    }
    return TRUE;
}

static gboolean reach_prev(Lane *self, const LaneLine *own, GArray *items, GArray *prev, gboolean drop, GError **error)
{
    for (guint i = prev->len; i > 0; i--) {
        gboolean reached;
        g_autoptr(GArray) places = lane_by_leaf(self, &g_array_index(prev, Hash, i - 1), error);
        if (!places || !reach_one(self, own, items, places, &reached, error))
            return FALSE;
        if (reached)
            continue;
        if (!drop) {
            error_set(error, COMITY_ERROR_CONFLICT, CODE_VOID, "",
                      "What this follows is not here, or can't be named yet; load it again.");
            return FALSE;
        }
        g_array_remove_index(prev, i - 1);
    }
    return TRUE;
}

static gint by_need(gconstpointer a, gconstpointer b)
{
    return ((const Item *)b)->needed - ((const Item *)a)->needed;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    const SeenEntry *x = &((const Item *)a)->entry, *y = &((const Item *)b)->entry;
    g_autofree char *name_x = g_strdup_printf("%s/%s", x->node.at, x->epoch.at);
    g_autofree char *name_y = g_strdup_printf("%s/%s", y->node.at, y->epoch.at);
    return strcmp(name_x, name_y);
}

/* Bytes of an entry with the comma before it. */
static gsize width(const Item *item)
{
    return item->entry.node.length + item->entry.epoch.length + 2 * HASH_SIZE + 16 + sizeof ",\"/\":[,\"\"]";
}

/* Leaves out what does not fit (G3). */
static gboolean fit(GArray *items, gsize room, GError **error)
{
    gsize used = 0;
    g_array_sort(items, by_need);
    for (guint i = 0; i < items->len; i++) {
        used += width(&g_array_index(items, Item, i));
        if (used <= room)
            continue;
        if (g_array_index(items, Item, i).needed) {
            error_set(error, COMITY_ERROR_LIMIT, CODE_VOID, "",
                      "The act follows more than a record's header can name.");
            return FALSE;
        }
        g_array_set_size(items, i);
    }
    g_array_sort(items, by_name);
    return TRUE;
}

gboolean lane_news(Lane *self, LaneLine *line, const char *whole_fork, GArray *prev, gboolean drop, gsize room,
                   LaneNews *news, GError **error)
{
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(Item));
    if (!lane_line_past(self, line, error))
        return FALSE;
    for (guint i = 0; i < self->feeds->len; i++) {
        const LaneFeed *feed = g_ptr_array_index(self->feeds, i);
        if (feed != line->feed && !add_item(self, items, line, feed, whole_fork, error))
            return FALSE;
    }
    if (!reach_prev(self, line, items, prev, drop, error) || !fit(items, room, error))
        return FALSE;
    news->entries = g_array_new(FALSE, FALSE, sizeof(SeenEntry));
    news->lines = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < items->len; i++) {
        g_array_append_val(news->entries, g_array_index(items, Item, i).entry);
        g_array_append_val(news->lines, g_array_index(items, Item, i).line);
    }
    return TRUE;
}
