#include "node/package_source.h"
#include "base/error.h"
#include "base/text.h"
#include "node/lanes.h"
#include "node/package_plan.h"
#include "node/upload.h"
#include "store/blob_pipe.h"
#include <string.h>

#define PIECE ((gsize)256 * 1024)
/* A guess for what a record takes in a package, beside blobs. */
#define RECORD_BYTES 1500

/* ---- what the writer asks for ---- */

typedef struct {
    PackageRecordEach each;
    gpointer data;
} Telling;

static gboolean tell_record(gpointer data, const RecordRow *row, GError **error)
{
    const Telling *telling = data;
    const PackageRecord record = {.header = row->header,
                                  .act = row->act,
                                  .confirmation = row->confirmation,
                                  .erased = row->class == RECORD_ERASED};
    return telling->each(telling->data, &record, error);
}

static gboolean source_records(gpointer data, guint index, PackageRecordEach each, gpointer each_data, GError **error)
{
    const PackagePlan *plan = data;
    const PlannedFeed *feed = g_ptr_array_index(plan->feeds, index);
    const LaneStore *store = lane_sql_store(plan->view->store);
    Telling telling = {.each = each, .data = each_data};
    return store->class->records(store->store, feed->line, 0, feed->feed.info.size,
                                 RECORD_HEADER | RECORD_ACT | RECORD_CONFIRMATION, tell_record, &telling, error);
}

static gboolean source_blob(gpointer data, const PackageBlob *blob, PackageBytesEach each, gpointer each_data,
                            GError **error)
{
    const PackagePlan *plan = data;
    g_autofree char *sha256 = hash_text(&blob->sha256);
    g_autoptr(BlobReader) reader = node_blob_open(plan->node, plan->db, plan->package->lane, sha256, error);
    if (!reader)
        return FALSE;
    blob_reader_will_stream(reader);
    g_autofree guint8 *piece = g_malloc(PIECE);
    gssize count = 0;
    for (guint64 at = 0; (count = blob_reader_read(reader, at, piece, PIECE, error)) > 0; at += (guint64)count)
        if (!each(each_data, piece, (gsize)count, error))
            return FALSE;
    return count == 0;
}

static char *source_sign(gpointer data, const char *text, const char *name, GError **error)
{
    const PackagePlan *plan = data;
    (void)error;
    return note_sign(text, name, keyring_log(plan->node->keyring));
}

static gboolean source_progress(gpointer data, guint64 written)
{
    const NodePackage *package = ((const PackagePlan *)data)->package;
    return !package->progress || package->progress(package->data, written);
}

/* ---- base directory ---- */

/* "<reference>-<date>", of the export's record. New. */
static char *base_of(const PackagePlan *plan)
{
    char time[TIME_TEXT_SIZE];
    time_write(time, plan->contents->time_ms);
    g_autofree char *text = g_strdup_printf("%s-%.10s", plan->package->name ? plan->package->name : "case", time);
    return package_base_name(text);
}

/* ---- both calls ---- */

gboolean node_package_size(Node *node, Db *db, const NodePackage *package, guint64 *size, GError **error)
{
    g_autoptr(PackagePlan) plan = package_plan_new(node, db, package, error);
    if (!plan)
        return FALSE;
    *size = node_verify_html(node) ? g_bytes_get_size(node_verify_html(node)) : 0;
    for (guint i = 0; i < plan->feeds->len; i++)
        *size += ((const PlannedFeed *)g_ptr_array_index(plan->feeds, i))->feed.info.size * RECORD_BYTES;
    for (guint i = 0; i < plan->blobs->len; i++)
        *size += g_array_index(plan->blobs, PackageBlob, i).size;
    return TRUE;
}

static GPtrArray *feeds_of(const PackagePlan *plan)
{
    GPtrArray *feeds = g_ptr_array_new();
    for (guint i = 0; i < plan->feeds->len; i++)
        g_ptr_array_add(feeds, &((PlannedFeed *)g_ptr_array_index(plan->feeds, i))->feed);
    return feeds;
}

/* G3. New. */
static GArray *files_of(const Node *node)
{
    GArray *files = g_array_new(FALSE, FALSE, sizeof(PackageFile));
    const PackageFile verifier = {"data/verify.html", node_verify_html(node)};
    if (verifier.bytes)
        g_array_append_val(files, verifier);
    return files;
}

gboolean node_package_write(Node *node, Db *db, const NodePackage *package, const ZipSink *sink, GError **error)
{
    g_autoptr(PackagePlan) plan = package_plan_new(node, db, package, error);
    if (!plan)
        return FALSE;
    g_autofree char *base = base_of(plan);
    g_autoptr(GPtrArray) feeds = feeds_of(plan);
    g_autoptr(GArray) files = files_of(node);
    const PackageSource source = {.base = base,
                                  .contents = plan->contents,
                                  .also = plan->also,
                                  .feeds = feeds,
                                  .anchors = plan->anchors,
                                  .cards = plan->cards,
                                  .blobs = plan->blobs,
                                  .files = files,
                                  .records = source_records,
                                  .blob = source_blob,
                                  .sign = source_sign,
                                  .progress = source_progress,
                                  .data = plan};
    return package_write(&source, sink, error);
}
