#include "node/checkpoints.h"
#include "base/error.h"
#include "ledger/checkpoint.h"
#include "node/lanes.h"
#include <string.h>

struct Checkpoints {
    Node *node;
    GMutex lock;        /* guards both tables: readers ask while the writer works */
    GHashTable *newest; /* origin -> FeedCheckpoint, of every feed that grew since the start: a reader whose view of the
                           rows is older than a commit still finds what covers it */
    GHashTable *due;    /* origins in `newest` whose rows are behind */
};

void feed_checkpoint_free(FeedCheckpoint *self)
{
    g_free(self->lane);
    g_free(self->epoch);
    g_free(self->origin);
    g_free(self->note);
    g_free(self);
}

FeedCheckpoint *feed_checkpoint_copy(const FeedCheckpoint *self)
{
    FeedCheckpoint *copy = g_new(FeedCheckpoint, 1);
    *copy = (FeedCheckpoint){.lane = g_strdup(self->lane),
                             .epoch = g_strdup(self->epoch),
                             .origin = g_strdup(self->origin),
                             .note = g_strdup(self->note),
                             .size = self->size,
                             .root = self->root};
    return copy;
}

Checkpoints *checkpoints_new(Node *node)
{
    Checkpoints *self = g_new0(Checkpoints, 1);
    self->node = node;
    g_mutex_init(&self->lock);
    self->newest = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)feed_checkpoint_free);
    self->due = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

void checkpoints_free(Checkpoints *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->newest);
    g_hash_table_unref(self->due);
    g_mutex_clear(&self->lock);
    g_free(self);
}

static gboolean save_one(Db *db, const FeedCheckpoint *checkpoint, GError **error)
{
    g_autoptr(DbQuery) put = db_query(db, "UPDATE feed SET size = :size, root = :root, note = :note, due = 0 "
                                          "WHERE lane = :lane AND epoch = :epoch");
    db_bind_text(put, "lane", checkpoint->lane);
    db_bind_text(put, "epoch", checkpoint->epoch);
    db_bind_integer(put, "size", (gint64)checkpoint->size);
    db_bind_blob(put, "root", checkpoint->root.bytes, HASH_SIZE);
    db_bind_text(put, "note", checkpoint->note);
    return db_run(put, error);
}

gboolean checkpoints_save(Checkpoints *self, GError **error)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    GHashTableIter iter;
    gpointer origin;
    g_hash_table_iter_init(&iter, self->due);
    while (g_hash_table_iter_next(&iter, &origin, NULL))
        if (!save_one(self->node->db, g_hash_table_lookup(self->newest, origin), error))
            return FALSE;
    return TRUE;
}

void checkpoints_saved(Checkpoints *self)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    g_hash_table_remove_all(self->due);
}

gboolean checkpoints_are_due(Checkpoints *self)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    return g_hash_table_size(self->due) > 0;
}

static char *origin_of(const Node *node, const LaneEntry *entry)
{
    return checkpoint_feed_origin(node->config->name, entry->space, entry->id, entry->epoch);
}

gboolean checkpoints_mark(Checkpoints *self, LaneEntry *entry, GError **error)
{
    guint32 own = lane_own_line(entry->lane);
    guint64 size = lane_line(entry->lane, own)->size;
    g_autofree char *origin = origin_of(self->node, entry);
    HighWaterMark mark = {.origin = sha256(origin, strlen(origin)), .size = size};
    if (!lane_root(entry->lane, own, size, &mark.root, error))
        return FALSE;
    return highwater_put(self->node->highwater, &mark, error);
}

gboolean checkpoints_sign(Checkpoints *self, LaneEntry *entry, GError **error)
{
    guint32 own = lane_own_line(entry->lane);
    g_autoptr(FeedCheckpoint) checkpoint = g_new0(FeedCheckpoint, 1);
    checkpoint->lane = g_strdup(entry->id);
    checkpoint->epoch = g_strdup(entry->epoch);
    checkpoint->origin = origin_of(self->node, entry);
    checkpoint->size = lane_line(entry->lane, own)->size;
    HighWaterMark mark;
    Hash origin = sha256(checkpoint->origin, strlen(checkpoint->origin));
    if (!lane_root(entry->lane, own, checkpoint->size, &checkpoint->root, error))
        return FALSE;
    if (!highwater_get(self->node->highwater, &origin, &mark) || mark.size != checkpoint->size ||
        !hash_equal(&mark.root, &checkpoint->root)) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                    "The database gives back another history of lane %.8s than was written; nothing is signed over it. "
                    "Run “comity audit”.",
                    entry->id);
        return FALSE;
    }
    checkpoint->note =
        checkpoint_sign(checkpoint->origin, checkpoint->size, &checkpoint->root, keyring_log(self->node->keyring));
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    g_hash_table_add(self->due, g_strdup(checkpoint->origin));
    char *key = g_strdup(checkpoint->origin);
    g_hash_table_replace(self->newest, key, g_steal_pointer(&checkpoint));
    return TRUE;
}

gboolean tx_begin_feed(Tx *tx, LaneEntry *entry, GError **error)
{
    lane_entry_begun(entry);
    g_autofree char *origin = origin_of(tx->node, entry);
    g_autoptr(DbQuery) put = db_query(tx->db, "INSERT INTO feed (lane, epoch, origin, incarnation, size, root, note) "
                                              "VALUES (:lane, :epoch, :origin, :incarnation, 0, :root, '')");
    const Hash none = {0};
    db_bind_text(put, "lane", entry->id);
    db_bind_text(put, "epoch", entry->epoch);
    db_bind_text(put, "origin", origin);
    db_bind_integer(put, "incarnation", tx->node->incarnation);
    db_bind_blob(put, "root", none.bytes, HASH_SIZE);
    return db_run(put, error);
}

static FeedCheckpoint *from_row(const DbQuery *query)
{
    FeedCheckpoint *checkpoint = g_new0(FeedCheckpoint, 1);
    checkpoint->lane = g_strdup(db_text(query, 0));
    checkpoint->epoch = g_strdup(db_text(query, 1));
    checkpoint->origin = g_strdup(db_text(query, 2));
    checkpoint->size = (guint64)db_integer(query, 3);
    gsize length = 0;
    gconstpointer root = db_blob(query, 4, &length);
    if (length == HASH_SIZE)
        memcpy(checkpoint->root.bytes, root, HASH_SIZE);
    checkpoint->note = g_strdup(db_text(query, 5));
    return checkpoint;
}

/* What memory knows better than the row (K2). */
static void bring_up_to_date(Checkpoints *self, FeedCheckpoint **checkpoint)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    const FeedCheckpoint *newer = g_hash_table_lookup(self->newest, (*checkpoint)->origin);
    if (!newer || newer->size <= (*checkpoint)->size)
        return;
    feed_checkpoint_free(*checkpoint);
    *checkpoint = feed_checkpoint_copy(newer);
}

FeedCheckpoint *node_checkpoint(Node *node, Db *db, const char *lane, const char *epoch, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(db, "SELECT lane, epoch, origin, size, root, note FROM feed WHERE lane = :lane AND epoch = :epoch");
    db_bind_text(query, "lane", lane);
    db_bind_text(query, "epoch", epoch);
    int row = db_step(query, error);
    if (row == 0)
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND, "There is no feed of this node in lane %.8s.", lane);
    if (row <= 0)
        return NULL;
    FeedCheckpoint *checkpoint = from_row(query);
    bring_up_to_date(node->checkpoints, &checkpoint);
    return checkpoint;
}

GPtrArray *node_checkpoints(Node *node, Db *db, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)feed_checkpoint_free);
    g_autoptr(DbQuery) query = db_query(db, "SELECT lane, epoch, origin, size, root, note FROM feed ORDER BY origin");
    int row;
    while ((row = db_step(query, error)) > 0) {
        FeedCheckpoint *checkpoint = from_row(query);
        bring_up_to_date(node->checkpoints, &checkpoint);
        g_ptr_array_add(all, checkpoint);
    }
    return row == 0 ? g_steal_pointer(&all) : NULL;
}
