#include "node/anchors.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/proof.h"
#include "node/checkpoints.h"
#include "node/lanes.h"
#include <string.h>

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

/* The tree over all entries so far, made again: two hashes an entry, and there are some 50,000 a year. New. */
static MerkleTree *log_tree(Db *db, GError **error)
{
    g_autoptr(MerkleTree) tree = merkle_tree_new();
    g_autoptr(DbQuery) query = db_query(db, "SELECT number, root FROM anchor ORDER BY number");
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

char *anchor_log_proof(Node *node, Db *db, guint64 number, GError **error)
{
    (void)node;
    g_autoptr(MerkleTree) tree = log_tree(db, error);
    g_autoptr(DbQuery) newest = db_query(db, "SELECT checkpoint FROM anchor WHERE number = :number");
    if (!tree)
        return NULL;
    guint64 size = merkle_tree_size(tree);
    db_bind_integer(newest, "number", (gint64)size - 1);
    g_autoptr(GArray) path = merkle_inclusion(number, size, merkle_tree_subtree, tree, error);
    if (!path || db_step(newest, error) <= 0)
        return NULL;
    return proof_text(number, path, db_text(newest, 0));
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

static gboolean put_anchor(Tx *tx, guint64 number, const Hash *root, guint feeds, GError **error)
{
    g_autoptr(MerkleTree) tree = log_tree(tx->db, error);
    if (!tree)
        return FALSE;
    Hash leaf = anchor_entry_leaf(root, number);
    merkle_tree_append(tree, &leaf);
    Hash log_root = merkle_tree_root(tree);
    g_autofree char *origin = checkpoint_anchors_origin(node_name(tx->node));
    g_autofree char *note = checkpoint_sign(origin, number + 1, &log_root, keyring_log(tx->node->keyring));
    g_autoptr(DbQuery) put = db_query(tx->db, "INSERT INTO anchor (number, root, feeds, created, checkpoint) "
                                              "VALUES (:number, :root, :feeds, :created, :checkpoint)");
    db_bind_integer(put, "number", (gint64)number);
    db_bind_blob(put, "root", root->bytes, HASH_SIZE);
    db_bind_integer(put, "feeds", feeds);
    db_bind_integer(put, "created", tx->now_ms);
    db_bind_text(put, "checkpoint", note);
    return db_run(put, error);
}

static gboolean make_anchor(Tx *tx, gpointer data, GError **error)
{
    guint64 *number = data;
    gint64 count = 0;
    g_autoptr(GPtrArray) checkpoints = node_checkpoints(tx->node, tx->db, error);
    if (!checkpoints || !db_integer_of(tx->db, "SELECT COUNT(*) FROM anchor", 0, &count, error))
        return FALSE;
    *number = (guint64)count;
    g_autoptr(GPtrArray) texts = texts_of(checkpoints);
    g_autoptr(Anchor) anchor = anchor_build(*number, secret_bytes(tx->node->anchor_secret), texts, error);
    if (!anchor)
        return FALSE;
    for (guint i = 0; i < checkpoints->len; i++) {
        const FeedCheckpoint *checkpoint = g_ptr_array_index(checkpoints, i);
        if (covers_feed(checkpoint) && !put_feed(tx->db, checkpoint, *number, error))
            return FALSE;
    }
    Hash root = anchor_root(anchor);
    return put_anchor(tx, *number, &root, texts->len, error);
}

gboolean node_anchor(Node *self, guint64 *number, GError **error)
{
    guint64 made = 0;
    if (!node_write(self, make_anchor, &made, error))
        return FALSE;
    if (number)
        *number = made;
    return TRUE;
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

static gboolean read_row(const DbQuery *query, AnchorRow *row, GError **error)
{
    row->number = (guint64)db_integer(query, 0);
    row->size = (guint64)db_integer(query, 1);
    row->created_ms = db_integer(query, 3);
    return read_hash(query, 2, &row->root, error);
}

gboolean anchor_find(Db *db, const char *origin, guint64 seq, AnchorRow *row, gboolean *found, GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT f.anchor, f.size, f.root, a.created FROM anchor_feed f JOIN anchor a ON a.number = f.anchor "
            "WHERE f.origin = :origin AND f.size > :seq ORDER BY f.anchor LIMIT 1");
    db_bind_text(query, "origin", origin);
    db_bind_integer(query, "seq", (gint64)seq);
    int step = db_step(query, error);
    *found = step > 0;
    return step == 0 || (step > 0 && read_row(query, row, error));
}

GArray *anchor_list(Db *db, const char *origin, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(AnchorRow));
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT f.anchor, f.size, f.root, a.created FROM anchor_feed f JOIN anchor a ON a.number = f.anchor "
            "WHERE f.origin = :origin ORDER BY f.anchor");
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

Anchor *anchor_again(Node *node, Db *db, guint64 number, GError **error)
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
    return step == 0 ? anchor_build(number, secret_bytes(node->anchor_secret), texts, error) : NULL;
}

json_t *anchors_json(Db *db, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT COUNT(*), MAX(created) FROM anchor");
    if (db_step(query, error) < 0)
        return NULL;
    g_autofree char *last = db_is_null(query, 1) ? NULL : time_text(db_integer(query, 1));
    return json_pack("{s:I, s:s?, s:n}", "count", (json_int_t)db_integer(query, 0), "last", last, "tsa");
}
