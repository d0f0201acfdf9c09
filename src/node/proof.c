#include "node/proof.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "ledger/proof.h"
#include "node/anchors.h"
#include "node/checkpoints.h"
#include "store/lane_sql.h"
#include <string.h>

/* One record as the store has it, found by its leaf. */
typedef struct {
    LaneSql *sql;
    const LaneStore *store;
    char *space;
    LineRow *line; /* its feed */
    RecordRow row;
    gboolean found;
} Found;

static void found_clear(Found *self)
{
    record_row_clear(&self->row);
    g_clear_pointer(&self->line, line_row_free);
    g_clear_pointer(&self->sql, lane_sql_free);
    g_clear_pointer(&self->space, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

/* ---- finding ---- */

static gboolean open_store(Db *db, const char *lane, Found *self, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT space FROM lane_key WHERE lane = :lane");
    db_bind_text(query, "lane", lane);
    int row = db_step(query, error);
    if (row == 0)
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND, "There is no lane %.8s here.", lane);
    if (row <= 0)
        return FALSE;
    self->space = g_strdup(db_text(query, 0));
    self->sql = lane_sql_new(db, self->space, lane);
    self->store = lane_sql_store(self->sql);
    return TRUE;
}

static gboolean take_line(Found *self, guint32 number, GError **error)
{
    g_autoptr(GPtrArray) lines = self->store->class->lines(self->store->store, error);
    for (guint i = 0; lines && i < lines->len; i++) {
        const LineRow *line = g_ptr_array_index(lines, i);
        if (line->line != number)
            continue;
        self->line = g_memdup2(line, sizeof *line);
        self->line->node = g_strdup(line->node);
        self->line->epoch = g_strdup(line->epoch);
    }
    return lines != NULL;
}

/* The first record with @leaf; `found` stays FALSE where there is none. */
static gboolean find(Db *db, const char *lane, const Hash *leaf, guint parts, Found *self, GError **error)
{
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    if (!open_store(db, lane, self, error) ||
        !self->store->class->by_leaf(self->store->store, leaf, NULL, places, error))
        return FALSE;
    if (places->len == 0)
        return TRUE;
    Place at = g_array_index(places, Place, 0);
    if (!self->store->class->record_get(self->store->store, at, parts, &self->row, error) ||
        !take_line(self, at.line, error))
        return FALSE;
    self->found = self->line != NULL;
    return TRUE;
}

/* ---- verifying ---- */

/* The complete subtree (level, index) ends with the leaf that completes it. */
static gboolean subtree_at(gpointer data, guint level, guint64 index, Hash *out, GError **error)
{
    const Found *self = data;
    const Place last = {.line = self->row.at.line, .seq = ((index + 1) << level) - 1};
    return self->store->class->subtree(self->store->store, last, level, out, error);
}

/* Does the path of the record lead to the root that @checkpoint signs? @path: out, new; may be NULL. */
static gboolean path_holds(Found *self, const Hash *leaf, guint64 size, const Hash *root, GArray **path, GError **error)
{
    g_autoptr(GArray) hashes = merkle_inclusion(self->row.at.seq, size, subtree_at, self, error);
    if (!hashes)
        return FALSE;
    gboolean holds = merkle_verify_inclusion(leaf, self->row.at.seq, size, (const Hash *)(gpointer)hashes->data,
                                             hashes->len, root, error);
    if (holds && path)
        *path = g_steal_pointer(&hashes);
    return holds;
}

static char *origin_of(const Found *self, const char *lane)
{
    return checkpoint_feed_origin(self->line->node, self->space, lane, self->line->epoch);
}

/* ---- the short status ---- */

static const char *state_of_class(RecordClass class)
{
    switch (class) {
    case RECORD_VOID:
        return "void";
    case RECORD_ERASED:
        return "erased";
    case RECORD_ACTLESS:
        return "withheld";
    case RECORD_MALFORMED:
        return "damaged";
    default:
        return NULL;
    }
}

static json_t *status(const char *state, const char *reason, gint64 anchored_ms)
{
    json_t *object = json_pack("{s:s, s:i, s:o}", "state", state, "cosigned_by", 0, "anchored_at", json_null());
    if (anchored_ms) {
        char text[TIME_TEXT_SIZE];
        time_write(text, anchored_ms);
        json_object_set_new(object, "anchored_at", json_string(text));
    }
    if (reason && *reason)
        json_object_set_new(object, "reason", json_string(reason));
    return object;
}

/* Whether the signed root covers the record: "proven", "claimed" where no checkpoint does yet, "damaged". */
static const char *covered_state(Node *node, Db *db, const char *lane, Found *self, const Hash *leaf)
{
    g_autoptr(FeedCheckpoint) checkpoint = node_checkpoint(node, db, lane, self->line->epoch, NULL);
    if (!checkpoint || checkpoint->size <= self->row.at.seq)
        return "claimed";
    g_autoptr(GError) cause = NULL;
    return path_holds(self, leaf, checkpoint->size, &checkpoint->root, NULL, &cause) ? "proven" : "damaged";
}

json_t *proof_status_json(Node *node, Db *db, const char *lane, const Hash *leaf, GError **error)
{
    g_auto(Found) self = {0};
    AnchorRow anchor = {0};
    gboolean anchored = FALSE;
    if (!find(db, lane, leaf, 0, &self, error))
        return NULL;
    if (!self.found)
        return status("damaged", "The record is not here.", 0);
    g_autofree char *origin = origin_of(&self, lane);
    if (!anchor_find(db, origin, self.row.at.seq, &anchor, &anchored, error))
        return NULL;
    const char *state = state_of_class(self.row.class);
    if (!state)
        state = covered_state(node, db, lane, &self, leaf);
    return status(state, self.row.reason, anchored ? anchor.created_ms : 0);
}

/* ---- everything ---- */

void record_proof_free(RecordProof *self)
{
    if (!self)
        return;
    record_row_clear(&self->row);
    g_free(self->space);
    g_free(self->lane);
    g_free(self->node);
    g_free(self->epoch);
    g_free(self->checkpoint);
    g_free(self->proof);
    g_free(self->anchored_checkpoint);
    g_free(self->anchored);
    g_free(self->anchor_proof);
    g_free(self);
}

/* The path to the newest signed checkpoint. A path that does not hold leaves `verified` FALSE: it is shown, not hidden. */
static gboolean add_path(Node *node, Db *db, Found *found, RecordProof *self, GError **error)
{
    g_autoptr(FeedCheckpoint) checkpoint = node_checkpoint(node, db, self->lane, self->epoch, NULL);
    if (!checkpoint || checkpoint->size <= found->row.at.seq)
        return TRUE;
    g_autoptr(GArray) path = NULL;
    g_autoptr(GError) cause = NULL;
    self->checkpoint = g_strdup(checkpoint->note);
    self->verified = path_holds(found, &self->leaf, checkpoint->size, &checkpoint->root, &path, &cause);
    if (self->verified)
        self->proof = proof_text(found->row.at.seq, path, checkpoint->note);
    if (!cause || g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_DAMAGED) ||
        g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

/* An anchored checkpoint is signed anew: over the same size and root that gives the same bytes. */
static gboolean add_anchor(Node *node, Db *db, Found *found, RecordProof *self, GError **error)
{
    g_autofree char *origin = origin_of(found, self->lane);
    AnchorRow row;
    gboolean anchored = FALSE;
    if (!anchor_find(db, origin, found->row.at.seq, &row, &anchored, error))
        return FALSE;
    if (!anchored)
        return TRUE;
    g_autoptr(Anchor) anchor = anchor_again(node, db, row.number, &row.at, error);
    g_autoptr(Anchored) under = anchor ? anchor_prove(anchor, origin, error) : NULL;
    self->anchor_proof = under ? anchor_log_proof(db, &row.at, error) : NULL;
    if (!self->anchor_proof)
        return FALSE;
    self->anchored_ms = row.created_ms;
    self->anchor = row.at;
    self->anchored_size = row.size;
    self->anchored = anchored_text(under);
    self->anchored_checkpoint = checkpoint_sign(origin, row.size, &row.root, keyring_log(node->keyring));
    return TRUE;
}

RecordProof *record_proof(Node *node, Db *db, const char *lane, const Hash *leaf, GError **error)
{
    g_auto(Found) found = {0};
    if (!find(db, lane, leaf, RECORD_HEADER | RECORD_ACT | RECORD_CONFIRMATION, &found, error))
        return NULL;
    if (!found.found) {
        error_set(error, COMITY_ERROR_NOT_FOUND, "record.unknown", "", "There is no such record in this space.");
        return NULL;
    }
    g_autoptr(RecordProof) self = g_new0(RecordProof, 1);
    self->space = g_strdup(found.space);
    self->lane = g_strdup(lane);
    self->node = g_strdup(found.line->node);
    self->epoch = g_strdup(found.line->epoch);
    self->leaf = *leaf;
    if (!add_path(node, db, &found, self, error) || !add_anchor(node, db, &found, self, error))
        return NULL;
    self->row = found.row;
    memset(&found.row, 0, sizeof found.row);
    return g_steal_pointer(&self);
}

static json_t *bytes_json(GBytes *bytes)
{
    if (!bytes)
        return json_null();
    gsize length = 0;
    gconstpointer data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = base64url_encode(data, length);
    return json_string(text);
}

static json_t *anchor_json(const RecordProof *self)
{
    if (!self->anchored)
        return json_null();
    char time[TIME_TEXT_SIZE];
    time_write(time, self->anchored_ms);
    return json_pack("{s:I, s:s, s:I, s:s, s:s, s:s}", "index", (json_int_t)self->anchor.index, "time", time, "size",
                     (json_int_t)self->anchored_size, "checkpoint", self->anchored_checkpoint, "anchored",
                     self->anchored, "tlog_proof", self->anchor_proof);
}

json_t *record_proof_json(const RecordProof *self)
{
    char leaf[HASH_HEX_SIZE], time[TIME_TEXT_SIZE];
    hash_write(leaf, &self->leaf);
    time_write(time, self->row.time_ms);
    gsize length = 0;
    const char *header = self->row.header ? g_bytes_get_data(self->row.header, &length) : "";
    return json_pack("{s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:b, s:s%, s:o, s:o, s:s?, s:s?, s:b, s:o}", "leaf",
                     leaf, "seq", (json_int_t)self->row.at.seq, "height", (json_int_t)self->row.height, "node",
                     self->node, "epoch", self->epoch, "time", time, "class", record_class_name(self->row.class),
                     "reason", self->row.reason ? self->row.reason : "", "lasting", self->row.lasting, "header", header,
                     length, "act", bytes_json(self->row.act), "confirmation", bytes_json(self->row.confirmation),
                     "checkpoint", self->checkpoint, "tlog_proof", self->proof, "verified", self->verified, "anchor",
                     anchor_json(self));
}
