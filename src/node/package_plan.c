#include "node/package_plan.h"
#include "base/error.h"
#include "node/anchors.h"
#include "node/checkpoints.h"
#include <string.h>

void package_plan_free(PackagePlan *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->view, lane_view_free);
    if (self->db && db_in_transaction(self->db))
        db_rollback(self->db);
    g_clear_pointer(&self->contents, package_contents_free);
    g_clear_pointer(&self->feeds, g_ptr_array_unref);
    g_clear_pointer(&self->also, g_ptr_array_unref);
    g_clear_pointer(&self->anchors, g_array_unref);
    g_clear_pointer(&self->cards, g_array_unref);
    g_clear_pointer(&self->blobs, g_array_unref);
    g_clear_pointer(&self->kept, g_ptr_array_unref);
    g_free(self);
}

static PackagePlan *plan_empty(Node *node, Db *db, const NodePackage *package)
{
    PackagePlan *self = g_new0(PackagePlan, 1);
    self->node = node;
    self->db = db;
    self->package = package;
    self->contents = package_contents_new();
    self->feeds = g_ptr_array_new_with_free_func(planned_feed_free);
    self->also = g_ptr_array_new_with_free_func(g_free);
    self->anchors = g_array_new(FALSE, FALSE, sizeof(PackageAnchor));
    self->cards = g_array_new(FALSE, FALSE, sizeof(PackageCard));
    self->blobs = g_array_new(FALSE, FALSE, sizeof(PackageBlob));
    self->kept = g_ptr_array_new_with_free_func(g_free);
    return self;
}

/* ---- the export's record ---- */

static gboolean find_export(PackagePlan *self, GError **error)
{
    g_autoptr(GArray) places = lane_by_leaf(self->view->lane, self->package->leaf, error);
    if (!places)
        return FALSE;
    if (places->len == 0) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND, "The export's record is not in this lane.");
        return FALSE;
    }
    self->at = g_array_index(places, Place, 0);
    return TRUE;
}

/* Who made the package, when, and how it was confirmed: as its record says. */
static gboolean tell_maker(PackagePlan *self, GError **error)
{
    g_auto(RecordRow) row = {0};
    Header header;
    const char *reason = NULL;
    if (!lane_record(self->view->lane, self->at, RECORD_HEADER, &row, error))
        return FALSE;
    gsize length = 0;
    const char *bytes = g_bytes_get_data(row.header, &length);
    if (!header_scan(bytes, length, &header, &reason)) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "The export's record can't be read: %s.", reason);
        return FALSE;
    }
    PackageContents *contents = self->contents;
    contents->software = g_strdup("comity " COMITY_VERSION);
    contents->space = g_strdup(self->package->space);
    contents->node = span_text(header.node);
    contents->person = span_text(header.person);
    contents->time_ms = header.time_ms;
    contents->passkey = header.has_confirmation;
    contents->whole = self->package->subjects == NULL;
    for (gsize i = 0; !contents->whole && self->package->subjects[i]; i++)
        g_ptr_array_add(contents->subjects, g_strdup(self->package->subjects[i]));
    return TRUE;
}

/* ---- feeds, in the package's order ---- */

static gint by_feed(gconstpointer a, gconstpointer b)
{
    const PlannedFeed *first = *(PlannedFeed *const *)a, *second = *(PlannedFeed *const *)b;
    return package_feed_compare(&first->feed.info, &second->feed.info);
}

static gboolean plan_feeds(PackagePlan *self, GError **error)
{
    for (guint32 line = 0; line < lane_line_count(self->view->lane); line++)
        if (!package_plan_feed(self, line, error))
            return FALSE;
    g_ptr_array_sort(self->feeds, by_feed);
    for (guint i = 0; i < self->feeds->len; i++) {
        const PlannedFeed *feed = g_ptr_array_index(self->feeds, i);
        if (feed->line != self->at.line)
            continue;
        const PackageExport made = {.feed = i + 1, .seq = self->at.seq, .leaf = *self->package->leaf};
        g_array_append_val(self->contents->exports, made);
    }
    return TRUE;
}

/* Anchors that the feeds rest on, each once. */
static gboolean plan_anchors(PackagePlan *self, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < self->feeds->len; i++) {
        const PlannedFeed *feed = g_ptr_array_index(self->feeds, i);
        for (guint k = 0; k < feed->feed.anchored->len; k++) {
            const AnchorPlace *at = &g_array_index(feed->feed.anchored, PackageAnchored, k).anchor;
            if (!g_hash_table_add(seen, g_strdup_printf("%s/%" G_GUINT64_FORMAT, at->epoch, at->index)))
                continue;
            char *proof = anchor_log_proof(self->db, at, error);
            if (!proof)
                return FALSE;
            g_ptr_array_add(self->kept, proof);
            const PackageAnchor anchor = {.node = node_name(self->node), .at = *at, .proof = proof};
            g_array_append_val(self->anchors, anchor);
        }
    }
    return TRUE;
}

static void plan_cards(PackagePlan *self)
{
    g_autoptr(GPtrArray) notes = node_card_notes(self->node);
    for (guint i = 0; i < notes->len; i++) {
        char *note = g_strdup(g_ptr_array_index(notes, i));
        g_ptr_array_add(self->kept, note);
        const PackageCard card = {.node = node_name(self->node), .number = i + 1, .note = note};
        g_array_append_val(self->cards, card);
    }
}

/* G2: before the state is fixed, so that it holds the anchor. */
static gboolean anchor_first(Node *node, Db *db, const NodePackage *package, GError **error)
{
    g_autoptr(LaneView) view = lane_view_open(node, db, package->lane, error);
    g_autoptr(GArray) places = view ? lane_by_leaf(view->lane, package->leaf, error) : NULL;
    if (!places || places->len == 0)
        return places != NULL;
    Place at = g_array_index(places, Place, 0);
    const LineRow *line = lane_line(view->lane, at.line);
    g_autofree char *origin = checkpoint_feed_origin(line->node, view->space, view->id, line->epoch);
    AnchorRow row;
    gboolean found = FALSE;
    return anchor_find(db, origin, at.seq, &row, &found, error) && (found || node_anchor(node, NULL, error));
}

PackagePlan *package_plan_new(Node *node, Db *db, const NodePackage *package, GError **error)
{
    if (!anchor_first(node, db, package, error) || !db_begin(db, error))
        return NULL;
    g_autoptr(PackagePlan) self = plan_empty(node, db, package);
    self->view = lane_view_open(node, db, package->lane, error);
    if (!self->view || !find_export(self, error) || !tell_maker(self, error) || !plan_feeds(self, error) ||
        !plan_anchors(self, error) || !package_plan_acts(self, error))
        return NULL;
    plan_cards(self);
    return g_steal_pointer(&self);
}
