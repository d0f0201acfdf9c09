#include "node/anchors.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/proof.h"
#include "node/checkpoints.h"
#include "node/lanes.h"
#include "node/open.h"
#include <string.h>

/* The node_value with the epoch of the log that anchors go to. */
#define ANCHORS_EPOCH "anchors_epoch"
#define ANCHOR_LATEST_MS ((gint64)24 * 60 * 60 * 1000)

/* ---- the log of anchors ---- */

static gboolean read_hash(const DbQuery *query, guint column, Hash *out, GError **error)
{
    gsize length = 0;
    gconstpointer bytes = db_blob(query, column, &length);
    if (length == HASH_SIZE) {
        memcpy(out->bytes, bytes, HASH_SIZE);
        return TRUE;
    }
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                        "A row of the anchors holds a root that is no hash.");
    return FALSE;
}

/* The tree over all entries of @epoch so far, made again: two hashes an entry, and there are some 50,000 a year. New. */
static MerkleTree *log_tree(Db *db, const char *epoch, GError **error)
{
    g_autoptr(MerkleTree) tree = merkle_tree_new();
    g_autoptr(DbQuery) query = db_query(db, "SELECT entry, root FROM anchor WHERE epoch = :epoch ORDER BY entry");
    db_bind_text(query, "epoch", epoch);
    int row;
    while ((row = db_step(query, error)) > 0) {
        Hash root;
        if (!read_hash(query, 1, &root, error))
            return NULL;
        Hash leaf = anchor_entry_leaf(&root, (guint64)db_integer(query, 0));
        merkle_tree_append(tree, &leaf);
    }
    return row == 0 ? g_steal_pointer(&tree) : NULL;
}

char *anchor_log_proof(Db *db, const AnchorPlace *at, GError **error)
{
    g_autoptr(MerkleTree) tree = log_tree(db, at->epoch, error);
    g_autoptr(DbQuery) newest = db_query(db, "SELECT checkpoint FROM anchor WHERE epoch = :epoch AND entry = :entry");
    if (!tree)
        return NULL;
    guint64 size = merkle_tree_size(tree);
    db_bind_text(newest, "epoch", at->epoch);
    db_bind_integer(newest, "entry", (gint64)size - 1);
    g_autoptr(GArray) path = merkle_inclusion(at->index, size, merkle_tree_subtree, tree, error);
    if (!path || db_step(newest, error) <= 0)
        return NULL;
    return proof_text(at->index, path, db_text(newest, 0));
}

/* The epoch of the log that anchors go to now; "" where the next one begins it. New; NULL with @error. */
static char *log_epoch(Db *db, GError **error)
{
    char *epoch = NULL;
    if (!node_value_get(db, ANCHORS_EPOCH, &epoch, error))
        return NULL;
    return epoch ? epoch : g_strdup("");
}

static Hash origin_hash(const Node *self, const char *epoch)
{
    g_autofree char *origin = checkpoint_anchors_origin(self->config->name, epoch);
    return sha256(origin, strlen(origin));
}

gboolean anchors_origin_hash(Node *self, Db *db, Hash *out, GError **error)
{
    g_autofree char *epoch = log_epoch(db, error);
    if (epoch)
        *out = origin_hash(self, epoch);
    return epoch != NULL;
}

gboolean tx_leave_anchors_log(Tx *tx, GError **error)
{
    return node_value_put(tx->db, ANCHORS_EPOCH, "", error);
}

/* N3: is @tree what was signed last? */
static gboolean log_stands(const Node *self, const char *epoch, const MerkleTree *tree)
{
    HighWaterMark mark;
    Hash origin = origin_hash(self, epoch), root = merkle_tree_root(tree);
    if (!*epoch)
        return FALSE;
    if (!highwater_get(self->highwater, &origin, &mark))
        return merkle_tree_size(tree) == 0;
    return mark.size == merkle_tree_size(tree) && hash_equal(&mark.root, &root);
}

/* Leaves the log of @old; what the high-water file says of it is settled. */
static gboolean begin_log(Tx *tx, const char *old, GError **error)
{
    guint8 random[EPOCH_SIZE / 2];
    HighWaterMark mark;
    Hash origin = origin_hash(tx->node, old);
    env_random(tx->node->env, random, sizeof random);
    g_autofree char *epoch = hex_encode(random, sizeof random);
    if (*old)
        g_message("The log of anchors %s can't go on as it was signed; another one begins.", old);
    if (highwater_get(tx->node->highwater, &origin, &mark) && !tx_settle_mark(tx, &mark, error))
        return FALSE;
    return node_value_put(tx->db, ANCHORS_EPOCH, epoch, error);
}

/* ---- making one ---- */

static gboolean covers_feed(const FeedCheckpoint *checkpoint)
{
    return checkpoint->size > 0;
}

static GPtrArray *texts_of(const GPtrArray *checkpoints)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < checkpoints->len; i++) {
        const FeedCheckpoint *checkpoint = g_ptr_array_index(checkpoints, i);
        if (covers_feed(checkpoint))
            g_ptr_array_add(texts, checkpoint_text(checkpoint->origin, checkpoint->size, &checkpoint->root));
    }
    return texts;
}

/* N2: a row where the feed's checkpoint is another than at its last anchor. */
static gboolean put_feed(Db *db, const FeedCheckpoint *checkpoint, guint64 number, GError **error)
{
    g_autoptr(DbQuery) put = db_query(
        db,
        "INSERT INTO anchor_feed (origin, anchor, size, root) SELECT :origin, :anchor, :size, :root WHERE NOT EXISTS "
        "(SELECT 1 FROM anchor_feed WHERE origin = :origin AND size >= :size)");
    db_bind_text(put, "origin", checkpoint->origin);
    db_bind_integer(put, "anchor", (gint64)number);
    db_bind_integer(put, "size", (gint64)checkpoint->size);
    db_bind_blob(put, "root", checkpoint->root.bytes, HASH_SIZE);
    return db_run(put, error);
}

/* N3: the high-water file first, then the signature, which leaves the process with the commit at the earliest. New. */
static char *sign_log(Node *self, const char *epoch, const MerkleTree *tree, GError **error)
{
    HighWaterMark mark = {
        .origin = origin_hash(self, epoch), .size = merkle_tree_size(tree), .root = merkle_tree_root(tree)};
    if (!highwater_put(self->highwater, &mark, error) || !highwater_sync(self->highwater, error))
        return NULL;
    g_autofree char *origin = checkpoint_anchors_origin(self->config->name, epoch);
    return checkpoint_sign(origin, mark.size, &mark.root, keyring_log(self->keyring));
}

typedef struct {
    AnchorPlace at;
    gint64 number;
    guint feeds; /* that it covers */
    Hash root;
    MerkleTree *log; /* before it */
    gboolean made;
} Making;

static void making_clear(Making *self)
{
    g_clear_pointer(&self->log, merkle_tree_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Making, making_clear)

static gboolean put_anchor(Tx *tx, const Making *making, GError **error)
{
    Hash leaf = anchor_entry_leaf(&making->root, making->at.index);
    merkle_tree_append(making->log, &leaf);
    g_autofree char *note = sign_log(tx->node, making->at.epoch, making->log, error);
    if (!note)
        return FALSE;
    g_autoptr(DbQuery) put =
        db_query(tx->db, "INSERT INTO anchor (number, epoch, entry, root, feeds, created, checkpoint) "
                         "VALUES (:number, :epoch, :entry, :root, :feeds, :created, :checkpoint)");
    db_bind_integer(put, "number", making->number);
    db_bind_text(put, "epoch", making->at.epoch);
    db_bind_integer(put, "entry", (gint64)making->at.index);
    db_bind_blob(put, "root", making->root.bytes, HASH_SIZE);
    db_bind_integer(put, "feeds", making->feeds);
    db_bind_integer(put, "created", tx->now_ms);
    db_bind_text(put, "checkpoint", note);
    return db_run(put, error);
}

/* The anchor's own tree, and the rows of the feeds that it covers. */
static gboolean cover_feeds(Tx *tx, Making *making, GError **error)
{
    g_autoptr(GPtrArray) checkpoints = node_checkpoints(tx->node, tx->db, error);
    if (!checkpoints)
        return FALSE;
    g_autoptr(GPtrArray) texts = texts_of(checkpoints);
    g_autoptr(Anchor) anchor = anchor_build(&making->at, secret_bytes(tx->node->anchor_secret), texts, error);
    if (!anchor)
        return FALSE;
    making->root = anchor_root(anchor);
    making->feeds = texts->len;
    for (guint i = 0; i < checkpoints->len; i++) {
        const FeedCheckpoint *checkpoint = g_ptr_array_index(checkpoints, i);
        if (covers_feed(checkpoint) && !put_feed(tx->db, checkpoint, (guint64)making->number, error))
            return FALSE;
    }
    return TRUE;
}

/* One anchor, or, where the log can't go on, another log: `made` tells. */
static gboolean make_anchor(Tx *tx, gpointer data, GError **error)
{
    Making *making = data;
    g_autofree char *epoch = log_epoch(tx->db, error);
    making->log = epoch ? log_tree(tx->db, epoch, error) : NULL;
    if (!making->log)
        return FALSE;
    if (!log_stands(tx->node, epoch, making->log))
        return begin_log(tx, epoch, error);
    g_strlcpy(making->at.epoch, epoch, sizeof making->at.epoch);
    making->at.index = merkle_tree_size(making->log);
    making->made = TRUE;
    return db_integer_of(tx->db, "SELECT MAX(number) + 1 FROM anchor", 0, &making->number, error) &&
           cover_feeds(tx, making, error) && put_anchor(tx, making, error);
}

gboolean node_anchor(Node *self, AnchorPlace *made, GError **error)
{
    for (;;) {
        g_auto(Making) making = {0};
        if (!node_write(self, make_anchor, &making, error))
            return FALSE;
        if (!making.made)
            continue; /* another log was begun, and committed */
        if (made)
            *made = making.at;
        return TRUE;
    }
}

/* Has any feed a checkpoint that no anchor has? */
static gboolean feeds_grew(Node *self, Db *db, gboolean *grew, GError **error)
{
    g_autoptr(GPtrArray) checkpoints = node_checkpoints(self, db, error);
    *grew = FALSE;
    for (guint i = 0; checkpoints && !*grew && i < checkpoints->len; i++) {
        const FeedCheckpoint *checkpoint = g_ptr_array_index(checkpoints, i);
        AnchorRow row;
        gboolean found = FALSE;
        if (!covers_feed(checkpoint))
            continue;
        if (!anchor_find(db, checkpoint->origin, checkpoint->size - 1, &row, &found, error))
            return FALSE;
        *grew = !found;
    }
    return checkpoints != NULL;
}

gboolean node_anchor_if_due(Node *self, GError **error)
{
    g_autoptr(Db) db = node_reader_open(self, error);
    gint64 last_ms = 0;
    gboolean grew = FALSE;
    if (!db || !db_integer_of(db, "SELECT MAX(created) FROM anchor", 0, &last_ms, error))
        return FALSE;
    gboolean overdue = env_now_ms(self->env) - last_ms >= ANCHOR_LATEST_MS;
    if (!overdue && !feeds_grew(self, db, &grew, error))
        return FALSE;
    return !(overdue || grew) || node_anchor(self, NULL, error);
}

/* ---- reading ---- */

#define ROW                                                                                                            \
    "SELECT f.anchor, f.size, f.root, a.created, a.epoch, a.entry FROM anchor_feed f JOIN anchor a ON a.number = "     \
    "f.anchor "

static gboolean read_row(const DbQuery *query, AnchorRow *row, GError **error)
{
    row->number = (guint64)db_integer(query, 0);
    row->size = (guint64)db_integer(query, 1);
    row->created_ms = db_integer(query, 3);
    g_strlcpy(row->at.epoch, db_text(query, 4), sizeof row->at.epoch);
    row->at.index = (guint64)db_integer(query, 5);
    return read_hash(query, 2, &row->root, error);
}

gboolean anchor_find(Db *db, const char *origin, guint64 seq, AnchorRow *row, gboolean *found, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, ROW "WHERE f.origin = :origin AND f.size > :seq ORDER BY f.anchor LIMIT 1");
    db_bind_text(query, "origin", origin);
    db_bind_integer(query, "seq", (gint64)seq);
    int step = db_step(query, error);
    *found = step > 0;
    return step == 0 || (step > 0 && read_row(query, row, error));
}

GArray *anchor_list(Db *db, const char *origin, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(AnchorRow));
    g_autoptr(DbQuery) query = db_query(db, ROW "WHERE f.origin = :origin ORDER BY f.anchor");
    db_bind_text(query, "origin", origin);
    int step;
    while ((step = db_step(query, error)) > 0) {
        AnchorRow row;
        if (!read_row(query, &row, error))
            return NULL;
        g_array_append_val(list, row);
    }
    return step == 0 ? g_steal_pointer(&list) : NULL;
}

Anchor *anchor_again(Node *node, Db *db, guint64 number, const AnchorPlace *at, GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT origin, size, root FROM anchor_feed f WHERE anchor = (SELECT MAX(anchor) FROM anchor_feed l "
            "WHERE l.origin = f.origin AND l.anchor <= :number) ORDER BY origin");
    db_bind_integer(query, "number", (gint64)number);
    int step;
    while ((step = db_step(query, error)) > 0) {
        Hash root;
        if (!read_hash(query, 2, &root, error))
            return NULL;
        g_ptr_array_add(texts, checkpoint_text(db_text(query, 0), (guint64)db_integer(query, 1), &root));
    }
    return step == 0 ? anchor_build(at, secret_bytes(node->anchor_secret), texts, error) : NULL;
}

json_t *anchors_json(Db *db, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT COUNT(*), MAX(created) FROM anchor");
    if (db_step(query, error) < 0)
        return NULL;
    g_autofree char *last = db_is_null(query, 1) ? NULL : time_text(db_integer(query, 1));
    return json_pack("{s:I, s:s?, s:n}", "count", (json_int_t)db_integer(query, 0), "last", last, "tsa");
}
