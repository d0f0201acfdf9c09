/* node/package_acts.c: what the included acts need beside them: the blobs that they name, the names of who wrote them. */
#include "base/error.h"
#include "base/text.h"
#include "node/package_plan.h"
#include <string.h>

#define HASH_PREFIX "sha256:"

typedef struct {
    PackagePlan *plan;
    GHashTable *blobs;   /* set of 64 hex: named by an included act */
    GHashTable *persons; /* set of "<node>/<person>": who wrote one */
    guint feed;          /* index of the feed that is read */
} Gathering;

/* ---- one act ---- */

/* Any object with a member "sha256" names a blob (docs/format.md). */
static void gather_blobs(Gathering *self, const json_t *value)
{
    const char *key, *text = json_is_object(value) ? json_text(value, "sha256") : NULL;
    gsize n;
    json_t *item;
    if (text && g_str_has_prefix(text, HASH_PREFIX) && strlen(text) == strlen(HASH_PREFIX) + 2 * HASH_SIZE)
        g_hash_table_add(self->blobs, g_strdup(text + strlen(HASH_PREFIX)));
    if (json_is_object(value))
        json_object_foreach((json_t *)value, key, item) gather_blobs(self, item);
    else if (json_is_array(value))
        json_array_foreach((json_t *)value, n, item) gather_blobs(self, item);
}

static gboolean is_included(const Gathering *self, const Header *header, Place at)
{
    const PackagePlan *plan = self->plan;
    if (plan->contents->whole || header->lasting || (at.line == plan->at.line && at.seq == plan->at.seq))
        return TRUE;
    g_autofree char *subject = span_text(header->subject);
    return g_strv_contains(plan->package->subjects, subject) ||
           (plan->package->also && g_strv_contains(plan->package->also, subject));
}

static void gather_person(Gathering *self, const Header *header)
{
    if (header->person.length == 0)
        return;
    g_autofree char *node = span_text(header->node), *person = span_text(header->person);
    g_hash_table_add(self->persons, g_strconcat(node, "/", person, NULL));
}

static gboolean gather(gpointer data, const RecordRow *row, GError **error)
{
    Gathering *self = data;
    Header header;
    const char *reason = NULL;
    gsize length = 0;
    const char *bytes = g_bytes_get_data(row->header, &length);
    if (!header_scan(bytes, length, &header, &reason) || row->class == RECORD_ERASED)
        return TRUE;
    if (!row->has_act) {
        const PackageAbsent absent = {.feed = self->feed + 1, .seq = row->at.seq};
        g_array_append_val(self->plan->contents->absent, absent);
        return TRUE;
    }
    if (!is_included(self, &header, row->at))
        return TRUE;
    gather_person(self, &header);
    g_auto(RecordRow) whole = {0};
    const LaneStore *store = lane_sql_store(self->plan->view->store);
    if (!store->class->record_get(store->store, row->at, RECORD_ACT, &whole, error))
        return FALSE;
    const char *act = g_bytes_get_data(whole.act, &length);
    g_autoptr(json_t) value = json_strict_parse(act, length, ACT_LIMIT, NULL);
    if (value)
        gather_blobs(self, value);
    return TRUE;
}

static gboolean gather_feeds(Gathering *self, GError **error)
{
    const PackagePlan *plan = self->plan;
    const LaneStore *store = lane_sql_store(plan->view->store);
    for (self->feed = 0; self->feed < plan->feeds->len; self->feed++) {
        const PlannedFeed *feed = g_ptr_array_index(plan->feeds, self->feed);
        if (!store->class->records(store->store, feed->line, 0, feed->feed.info.size, RECORD_HEADER, gather, self,
                                   error))
            return FALSE;
    }
    return TRUE;
}

/* ---- all of them ---- */

/* A blob that is not here any more is left out, and the package says so. */
static gboolean add_blob(PackagePlan *plan, const char *sha256, GError **error)
{
    g_autoptr(DbQuery) query = db_query(plan->db, "SELECT size FROM blob WHERE lane = :lane AND sha256 = :sha256");
    db_bind_text(query, "lane", plan->package->lane);
    db_bind_text(query, "sha256", sha256);
    int row = db_step(query, error);
    Hash hash;
    if (row < 0 || !hash_read(sha256, &hash))
        return row >= 0;
    if (row == 0) {
        const PackageLeftOut left_out = {.sha256 = hash, .reason = g_strdup("The node does not hold this file.")};
        g_array_append_val(plan->contents->left_out, left_out);
        return TRUE;
    }
    const PackageBlob blob = {.sha256 = hash, .size = (guint64)db_integer(query, 0)};
    g_array_append_val(plan->blobs, blob);
    return TRUE;
}

/* The keys of @set, ascending: packages of the same state have the same bytes. New array, keys borrowed. */
static GPtrArray *sorted_keys(GHashTable *set)
{
    GPtrArray *keys = g_ptr_array_new();
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, set);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_ptr_array_add(keys, key);
    g_ptr_array_sort(keys, text_compare);
    return keys;
}

gboolean package_plan_acts(PackagePlan *self, GError **error)
{
    g_autoptr(GHashTable) blobs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) persons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Gathering gathering = {.plan = self, .blobs = blobs, .persons = persons};
    if (!gather_feeds(&gathering, error))
        return FALSE;
    for (gsize i = 0; self->package->also && self->package->also[i]; i++)
        g_hash_table_add(persons, g_strdup(self->package->also[i]));
    g_autoptr(GPtrArray) files = sorted_keys(blobs);
    for (guint i = 0; i < files->len; i++)
        if (!add_blob(self, g_ptr_array_index(files, i), error))
            return FALSE;
    g_autoptr(GPtrArray) also = sorted_keys(persons);
    for (guint i = 0; i < also->len; i++)
        g_ptr_array_add(self->also, g_strdup(g_ptr_array_index(also, i)));
    return TRUE;
}
