/* node/restore.c: is this database the newest, or an old copy that was put back?
 *
 * Idea: a node that went on from an old copy would sign a second history beside the first. Three signs tell: the
 * high-water file knows a feed further than the database has it; it is gone; or the folder is another one than the
 * database was last opened in (a copy has other inodes). Any of them begins a new incarnation: each own feed goes on in
 * a new epoch, which names the old one as far as it is here, before it takes another record.
 *   R1  Marks that are ahead are settled with that, once; the old epoch never grows again.
 *   R2  What only one party may decide waits from then on (hold.h). */
#include "base/error.h"
#include "node/anchors.h"
#include "node/checkpoints.h"
#include "node/hold.h"
#include "node/lanes.h"
#include "node/notice.h"
#include "node/open.h"
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Which file the high-water file is: a copy put in its place is another one. New; NULL where the system won't say. */
static char *place_of(const Node *self)
{
    g_autofree char *path = g_build_filename(self->dir, NODE_HIGHWATER, NULL);
    struct statx info;
    if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &info) != 0)
        return NULL;
    gint64 born = (info.stx_mask & STATX_BTIME) ? (gint64)info.stx_btime.tv_sec : 0;
    return g_strdup_printf("%" G_GUINT64_FORMAT ":%" G_GINT64_FORMAT ":%u", (guint64)info.stx_ino, born,
                           (info.stx_mask & STATX_BTIME) ? info.stx_btime.tv_nsec : 0);
}

gboolean tx_note_place(Tx *tx, GError **error)
{
    g_autofree char *place = place_of(tx->node);
    return node_value_put(tx->db, "place", place ? place : "", error);
}

static gboolean place_differs(Node *self, gboolean *differs, GError **error)
{
    g_autofree char *noted = NULL, *place = place_of(self);
    if (!node_value_get(self->db, "place", &noted, error))
        return FALSE;
    *differs = place && noted && *noted && !g_str_equal(place, noted);
    return TRUE;
}

static gboolean is_settled(Node *self, const HighWaterMark *mark, gboolean *settled, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self->db, "SELECT 1 FROM settled_mark WHERE origin = :origin");
    db_bind_blob(query, "origin", mark->origin.bytes, HASH_SIZE);
    int row = db_step(query, error);
    *settled = row > 0;
    return row >= 0;
}

/* Does the feed of @lane hold what @mark says? */
static gboolean feed_reaches(Node *self, const char *lane, const HighWaterMark *mark, gboolean *reaches, GError **error)
{
    *reaches = FALSE;
    LaneEntry *entry = lanes_get(self->lanes, lane, error);
    if (!entry)
        return FALSE;
    guint32 own = lane_own_line(entry->lane);
    if (own == LINE_NONE || lane_line(entry->lane, own)->size < mark->size)
        return TRUE;
    Hash root;
    if (!lane_root(entry->lane, own, mark->size, &root, error))
        return FALSE;
    *reaches = hash_equal(&root, &mark->root);
    return TRUE;
}

typedef struct {
    char *lane;
    guint64 size;
    Hash root;
} KnownFeed;

static void known_feed_free(gpointer data)
{
    g_free(((KnownFeed *)data)->lane);
    g_free(data);
}

/* Own feeds of this incarnation by the hash of their origin. */
static GHashTable *known_feeds(Node *self, GError **error)
{
    g_autoptr(GHashTable) feeds = g_hash_table_new_full(hash_table_hash, hash_table_equal, g_free, known_feed_free);
    g_autoptr(DbQuery) query =
        db_query(self->db, "SELECT origin, lane, size, root FROM feed WHERE incarnation = :incarnation");
    db_bind_integer(query, "incarnation", self->incarnation);
    int row;
    while ((row = db_step(query, error)) > 0) {
        const char *origin = db_text(query, 0);
        Hash hash = sha256(origin, strlen(origin));
        KnownFeed *feed = g_new0(KnownFeed, 1);
        feed->lane = g_strdup(db_text(query, 1));
        feed->size = (guint64)db_integer(query, 2);
        gsize length = 0;
        gconstpointer root = db_blob(query, 3, &length);
        if (length == HASH_SIZE)
            memcpy(feed->root.bytes, root, HASH_SIZE);
        g_hash_table_insert(feeds, g_memdup2(&hash, sizeof hash), feed);
    }
    return row == 0 ? g_steal_pointer(&feeds) : NULL;
}

/* Is the database behind @mark? Lanes are opened only where the row of their feed can't tell. */
static gboolean is_behind(Node *self, GHashTable *feeds, const HighWaterMark *mark, gboolean *behind, GError **error)
{
    gboolean reaches = FALSE;
    const KnownFeed *feed = g_hash_table_lookup(feeds, &mark->origin);
    *behind = FALSE;
    if (!feed)
        return is_settled(self, mark, &reaches, error) && ((*behind = !reaches), TRUE);
    if (feed->size > mark->size || (feed->size == mark->size && hash_equal(&feed->root, &mark->root)))
        return TRUE;
    if (!feed_reaches(self, feed->lane, mark, &reaches, error))
        return FALSE;
    *behind = !reaches;
    return TRUE;
}

/* Marks that the database does not reach, and that no earlier incarnation has settled. */
static GArray *marks_ahead(Node *self, GError **error)
{
    g_autoptr(GArray) ahead = g_array_new(FALSE, FALSE, sizeof(HighWaterMark));
    g_autoptr(GHashTable) feeds = known_feeds(self, error);
    Hash anchors; /* may be ahead: the next anchor begins another log then (anchors.h N3) */
    if (!feeds || !anchors_origin_hash(self, self->db, &anchors, error))
        return NULL;
    g_autoptr(GArray) marks = highwater_all(self->highwater);
    for (guint i = 0; i < marks->len; i++) {
        const HighWaterMark *mark = &g_array_index(marks, HighWaterMark, i);
        gboolean behind = FALSE;
        if (!hash_equal(&mark->origin, &anchors) && !is_behind(self, feeds, mark, &behind, error))
            return NULL;
        if (behind)
            g_array_append_val(ahead, *mark);
    }
    return g_steal_pointer(&ahead);
}

typedef struct {
    const GArray *ahead;
    const char *sign; /* which of the three it was */
} Restoring;

gboolean tx_settle_mark(Tx *tx, const HighWaterMark *mark, GError **error)
{
    g_autoptr(DbQuery) put = db_query(tx->db, "INSERT INTO settled_mark (origin, size) VALUES (:origin, :size) "
                                              "ON CONFLICT (origin) DO UPDATE SET size = :size");
    db_bind_blob(put, "origin", mark->origin.bytes, HASH_SIZE);
    db_bind_integer(put, "size", (gint64)mark->size);
    return db_run(put, error);
}

/* R1: every feed of the incarnations before is done with, those that are not ahead too. */
static gboolean settle_old_feeds(Tx *tx, GError **error)
{
    g_autoptr(GArray) marks = highwater_all(tx->node->highwater);
    for (guint i = 0; i < marks->len; i++)
        if (!tx_settle_mark(tx, &g_array_index(marks, HighWaterMark, i), error))
            return FALSE;
    return TRUE;
}

static gboolean begin_incarnation(Tx *tx, gpointer data, GError **error)
{
    const Restoring *restoring = data;
    Node *node = tx->node;
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, node->incarnation + 1);
    if (!settle_old_feeds(tx, error) || !node_value_put(tx->db, "incarnation", number, error))
        return FALSE;
    node->incarnation++;
    lanes_drop_all(node->lanes);
    g_autoptr(json_t) values = json_pack("{s:i, s:s}", "feeds", (int)restoring->ahead->len, "sign", restoring->sign);
    LaneEntry *own = tx_leave_anchors_log(tx, error) ? tx_lane(tx, node->own_space, NULL, error) : NULL;
    if (!own || !tx_hold_begin(tx, own, error) || !tx_note_place(tx, error))
        return FALSE;
    return tx_notice_settle(tx, NOTICE_RESTORED, ABOUT_NODE, error) && /* the newest alone is told */
           tx_notice_put(tx, NOTICE_RESTORED, NOTICE_DANGER, NULL, ABOUT_NODE, values, error);
}

/* Has this node feeds at all? A new one has no high-water file because it never needed one. */
static gboolean sign_of_restoring(Node *self, const GArray *ahead, const char **sign, GError **error)
{
    gboolean moved = FALSE;
    *sign = NULL;
    if (!place_differs(self, &moved, error))
        return FALSE;
    if (ahead->len > 0)
        *sign = "behind";
    else if (highwater_was_absent(self->highwater))
        *sign = "no_high_water";
    else if (moved)
        *sign = "copied";
    return TRUE;
}

gboolean node_check_restored(Node *self, GError **error)
{
    const GPtrArray *damages = highwater_damages(self->highwater);
    for (guint i = 0; i < damages->len; i++)
        g_warning("%s", (const char *)g_ptr_array_index(damages, i));
    g_autoptr(GArray) ahead = marks_ahead(self, error);
    Restoring restoring = {.ahead = ahead};
    if (!ahead || !sign_of_restoring(self, ahead, &restoring.sign, error))
        return FALSE;
    if (!restoring.sign)
        return TRUE;
    g_warning(
        "The database is an older copy than this node has had, or was moved (%s): every feed goes on in a new epoch.",
        restoring.sign);
    return writer_run_now(self->writer, begin_incarnation, &restoring, error);
}
