/* node/audit_trust.c: what the records rest on: keys and cards, the high-water file, anchors. */
#include "base/error.h"
#include "ledger/anchor.h"
#include "node/anchors.h"
#include "node/audit_private.h"
#include "node/open.h"
#include <string.h>

/* Anchors whose trees are built again; older ones are covered by the signed log of their roots. */
#define ANCHORS_REBUILT 2000

/* ---- keys and cards ---- */

static void check_keyring(Audit *self)
{
    g_autofree char *path = node_path(self->node, NODE_KEYRING);
    g_autoptr(GError) cause = NULL;
    g_autoptr(Keyring) keyring = keyring_open(path, self->node->master, &cause);
    if (!keyring)
        audit_damage(self, "keyring.unreadable", NODE_KEYRING,
                     "Put the keyring file back from a backup before the node stops: it still has its keys in memory.",
                     "The keyring on the disk can't be read: %s", cause->message);
}

static void check_newest_card(Audit *self, const Card *card)
{
    const guint8 *log = signing_key_public(keyring_log(self->node->keyring));
    if (!card_key_find(card, CARD_LOG, log, ED25519_KEY_SIZE))
        audit_damage(self, "card.log_key", "card", "Bring the identity key back and issue a new card.",
                     "The newest card does not list the key that signs checkpoints.");
}

gboolean audit_cards(Audit *self, GError **error)
{
    g_autoptr(Card) before = NULL;
    g_autoptr(DbQuery) query = db_query(self->db, "SELECT number, note FROM card ORDER BY number");
    int row;
    check_keyring(self);
    while ((row = db_step(query, error)) > 0) {
        g_autoptr(GError) cause = NULL;
        const char *note = db_text(query, 1);
        g_autoptr(Card) card = card_parse(note, strlen(note), &cause);
        if (!card || (before && !card_follows(card, before, &cause))) {
            g_autofree char *where = g_strdup_printf("card/%" G_GINT64_FORMAT, db_integer(query, 0));
            audit_damage(self, "card.broken", where, MEND_RESTORE, "%s", cause->message);
            continue;
        }
        g_clear_pointer(&before, card_free);
        before = g_steal_pointer(&card);
    }
    if (before)
        check_newest_card(self, before);
    return row == 0;
}

/* ---- the high-water file ---- */

/* Marks, and what the file says when it is read afresh: asked for on the writer thread, which alone writes it. */
typedef struct {
    GArray *marks;
    GPtrArray *damages;
} Marks;

static gboolean read_marks(Tx *tx, gpointer data, GError **error)
{
    Marks *marks = data;
    g_autofree char *path = node_path(tx->node, NODE_HIGHWATER);
    g_autoptr(HighWater) afresh = highwater_open(tx->node->env, path, error);
    if (!afresh)
        return FALSE;
    marks->marks = highwater_all(afresh);
    marks->damages = g_ptr_array_new_with_free_func(g_free);
    const GPtrArray *damages = highwater_damages(afresh);
    for (guint i = 0; i < damages->len; i++)
        g_ptr_array_add(marks->damages, g_strdup(g_ptr_array_index(damages, i)));
    return TRUE;
}

/* The lane and epoch of a mark's feed; FALSE in @found where no row has its origin. */
static gboolean feed_of_mark(GHashTable *feeds, const HighWaterMark *mark, char **lane, char **epoch)
{
    const char *text = g_hash_table_lookup(feeds, &mark->origin);
    if (!text)
        return FALSE;
    *lane = g_strndup(text, 2 * HASH_SIZE);
    *epoch = g_strdup(text + 2 * HASH_SIZE);
    return TRUE;
}

/* Own feeds that were begun in incarnation @from or later, by the hash of their origin: lane and epoch in one text. */
static GHashTable *feeds_by_origin(Audit *self, gint64 from, GError **error)
{
    g_autoptr(GHashTable) feeds = g_hash_table_new_full(hash_table_hash, hash_table_equal, g_free, g_free);
    g_autoptr(DbQuery) query =
        db_query(self->db, "SELECT origin, lane, epoch FROM feed WHERE size > 0 AND incarnation >= :from");
    db_bind_integer(query, "from", from);
    int row;
    while ((row = db_step(query, error)) > 0) {
        const char *origin = db_text(query, 0);
        Hash hash = sha256(origin, strlen(origin));
        g_hash_table_insert(feeds, g_memdup2(&hash, sizeof hash),
                            g_strconcat(db_text(query, 1), db_text(query, 2), NULL));
    }
    return row == 0 ? g_steal_pointer(&feeds) : NULL;
}

static gboolean is_settled(Audit *self, const HighWaterMark *mark)
{
    g_autoptr(DbQuery) query =
        db_query(self->db, "SELECT 1 FROM settled_mark WHERE origin = :origin AND size >= :size");
    db_bind_blob(query, "origin", mark->origin.bytes, HASH_SIZE);
    db_bind_integer(query, "size", (gint64)mark->size);
    return db_step(query, NULL) > 0;
}

static void check_mark(Audit *self, GHashTable *feeds, const HighWaterMark *mark)
{
    g_autofree char *lane = NULL, *epoch = NULL;
    if (!feed_of_mark(feeds, mark, &lane, &epoch))
        return; /* of a feed that a database which was put back does not know: settled at the start */
    g_autoptr(GError) cause = NULL;
    g_autofree char *where = g_strdup_printf("%.8s/%s", lane, epoch);
    g_autoptr(LaneView) view = lane_view_open(self->node, self->db, lane, &cause);
    guint32 line = view ? lane_feed_line(view->lane, node_name(self->node), epoch) : LINE_NONE;
    Hash root;
    if (is_settled(self, mark))
        return;
    if (line == LINE_NONE || lane_line(view->lane, line)->size < mark->size)
        audit_damage(self, "highwater.ahead", where, "Start the node again: it goes on in a new epoch.",
                     "The database is behind the %" G_GUINT64_FORMAT " records that this feed has had.", mark->size);
    else if (!lane_root(view->lane, line, mark->size, &root, &cause) || !hash_equal(&root, &mark->root))
        audit_damage(self, "highwater.differs", where, "Start the node again: it goes on in a new epoch.",
                     "The first %" G_GUINT64_FORMAT " records are not those that the high-water file knows.",
                     mark->size);
}

/* Every feed that was signed has a mark. @feeds was read before the marks were: what it knows was marked by then. */
static void check_unmarked(Audit *self, GHashTable *feeds, const GArray *marks)
{
    GHashTableIter iter;
    gpointer origin, text;
    for (guint i = 0; i < marks->len; i++)
        g_hash_table_remove(feeds, &g_array_index(marks, HighWaterMark, i).origin);
    g_hash_table_iter_init(&iter, feeds);
    while (g_hash_table_iter_next(&iter, &origin, &text)) {
        g_autofree char *where = g_strdup_printf("%.8s/%s", (char *)text, (char *)text + 2 * HASH_SIZE);
        audit_damage(self, "highwater.missing", where, "The next record in the feed writes its mark again.",
                     "The high-water file does not know this feed: it was cut off, or put back from a copy.");
    }
}

gboolean audit_marks(Audit *self, GError **error)
{
    Marks marks = {0};
    g_autoptr(GError) cause = NULL;
    g_autoptr(GHashTable) feeds = feeds_by_origin(self, 0, error);
    g_autoptr(GHashTable) growing = feeds ? feeds_by_origin(self, self->node->incarnation, error) : NULL;
    if (!growing)
        return FALSE;
    if (!node_write(self->node, read_marks, &marks, &cause)) {
        audit_damage(self, "highwater.unreadable", NODE_HIGHWATER,
                     "Remove the file and start the node again: it goes on in a new epoch.", "%s", cause->message);
        return audit_step(self, error);
    }
    g_autoptr(GArray) all = marks.marks;
    g_autoptr(GPtrArray) damages = marks.damages;
    for (guint i = 0; i < damages->len; i++)
        audit_damage(self, "highwater.damaged", NODE_HIGHWATER, "The next record in the feed writes its mark again.",
                     "%s", (const char *)g_ptr_array_index(damages, i));
    for (guint i = 0; i < all->len; i++)
        check_mark(self, feeds, &g_array_index(all, HighWaterMark, i));
    if (damages->len == 0) /* a damaged place is told of by itself */
        check_unmarked(self, growing, all);
    self->marks = g_steal_pointer(&all);
    return audit_step(self, error);
}

/* ---- anchors ---- */

/* Where the walk over the anchors stands. */
typedef struct {
    AnchorPlace at;
    MerkleTree *log; /* of `at.epoch`, up to `at` */
    GPtrArray *keys;
    gint64 count; /* anchors of all epochs */
} Walk;

static void walk_clear(Walk *self)
{
    g_clear_pointer(&self->log, merkle_tree_free);
    g_clear_pointer(&self->keys, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_clear)

static void check_tree(Audit *self, guint64 number, const AnchorPlace *at, const Hash *root, const char *where)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(Anchor) anchor = anchor_again(self->node, self->db, number, at, &cause);
    Hash again = anchor ? anchor_root(anchor) : (Hash){0};
    if (!anchor || !hash_equal(&again, root))
        audit_damage(self, "anchor.root", where,
                     "Later anchors cover the same feeds; this one proves nothing any more.",
                     "What this anchor covered does not give its root.");
}

/* The signed log up to an anchor against its tree. */
static void check_log(Audit *self, const Walk *walk, const char *note, const char *where)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *origin = checkpoint_anchors_origin(node_name(self->node), walk->at.epoch);
    g_autoptr(Checkpoint) signed_log =
        checkpoint_open(note, strlen(note), origin, walk->keys, NULL, NULL, NULL, &cause);
    Hash root = merkle_tree_root(walk->log);
    if (!signed_log)
        audit_damage(self, "anchor.signature", where, MEND_RESTORE, "%s", cause->message);
    else if (signed_log->size != merkle_tree_size(walk->log) || !hash_equal(&signed_log->root, &root))
        audit_damage(self, "anchor.log", where, MEND_RESTORE, "The log of anchors is not the one that was signed.");
}

/* Each epoch is a log of its own. */
static void walk_to(Walk *self, const DbQuery *row)
{
    const char *epoch = db_text(row, 1);
    if (!self->log || !g_str_equal(epoch, self->at.epoch)) {
        g_clear_pointer(&self->log, merkle_tree_free);
        self->log = merkle_tree_new();
        g_strlcpy(self->at.epoch, epoch, sizeof self->at.epoch);
    }
    self->at.index = (guint64)db_integer(row, 2);
}

static void check_anchor(Audit *self, Walk *walk, const DbQuery *row)
{
    gint64 number = db_integer(row, 0);
    walk_to(walk, row);
    g_autofree char *where = g_strdup_printf("anchor/%" G_GINT64_FORMAT, number);
    gsize length = 0;
    gconstpointer bytes = db_blob(row, 3, &length);
    Hash root = {0};
    if (length == HASH_SIZE)
        memcpy(root.bytes, bytes, HASH_SIZE);
    if (walk->at.index != merkle_tree_size(walk->log))
        audit_damage(self, "anchor.missing", where, MEND_RESTORE, "An anchor before this one is not here.");
    Hash leaf = anchor_entry_leaf(&root, walk->at.index);
    merkle_tree_append(walk->log, &leaf);
    check_log(self, walk, db_text(row, 4), where);
    if (number >= walk->count - ANCHORS_REBUILT)
        check_tree(self, (guint64)number, &walk->at, &root, where);
    self->report->anchors++;
}

static const HighWaterMark *mark_of(const GArray *marks, const Hash *origin)
{
    for (guint i = 0; marks && i < marks->len; i++)
        if (hash_equal(&g_array_index(marks, HighWaterMark, i).origin, origin))
            return &g_array_index(marks, HighWaterMark, i);
    return NULL;
}

/* The newest rows: nothing after them shows that they are gone. The mark may be one entry ahead, where the node stopped
 * between mark and commit (anchors.h N3); so what such a commit would have written beside is asked for as well. */
static gboolean check_newest(Audit *self, GError **error)
{
    gint64 size = 0, orphans = 0;
    char *epoch = NULL;
    Hash origin;
    if (!anchors_origin_hash(self->node, self->db, &origin, error) ||
        !node_value_get(self->db, "anchors_epoch", &epoch, error))
        return FALSE;
    g_autofree char *at = epoch;
    g_autoptr(DbQuery) count = db_query(self->db, "SELECT COUNT(*) FROM anchor WHERE epoch = :epoch");
    db_bind_text(count, "epoch", at ? at : "");
    if (db_step(count, error) < 0 || !db_integer_of(self->db,
                                                    "SELECT COUNT(*) FROM anchor_feed f WHERE NOT EXISTS "
                                                    "(SELECT 1 FROM anchor a WHERE a.number = f.anchor)",
                                                    0, &orphans, error))
        return FALSE;
    size = db_integer(count, 0);
    const HighWaterMark *mark = mark_of(self->marks, &origin);
    gboolean ahead = mark && mark->size > (guint64)size + 1 && !is_settled(self, mark);
    if (ahead || orphans > 0)
        audit_damage(self, "anchor.behind", "anchors", MEND_RESTORE,
                     "Anchors that this node has made are not here: the log of anchors ends too early.");
    return TRUE;
}

gboolean audit_anchors(Audit *self, GError **error)
{
    g_auto(Walk) walk = {.keys = node_log_keys(self->node)};
    if (!db_integer_of(self->db, "SELECT COUNT(*) FROM anchor", 0, &walk.count, error))
        return FALSE;
    g_autoptr(DbQuery) query =
        db_query(self->db, "SELECT number, epoch, entry, root, checkpoint FROM anchor ORDER BY number");
    int row;
    while ((row = db_step(query, error)) > 0)
        check_anchor(self, &walk, query);
    return row == 0 && check_newest(self, error) && audit_step(self, error);
}
