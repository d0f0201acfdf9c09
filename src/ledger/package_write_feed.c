/* ledger/package_write_feed.c: the large files of a package: lines of records, and blobs.
 *
 * Idea: a file is produced by a function that can be run twice. Where the sink can't go back, the first run measures
 * (size and checksum), the second writes. Lines are gathered, so that a record costs no call of the system. */
#include "base/error.h"
#include "ledger/merkle.h"
#include "ledger/package_writer.h"
#include "ledger/record.h"
#include <string.h>

#define GATHER (256 * 1024)

/* One run over one file. */
typedef struct {
    PackageWriter *writer;
    const char *name;
    gboolean measuring;
    guint64 size; /* so far */
    guint32 crc;  /* when measuring */
    Sha256 *hash; /* when writing */
    /* of records: */
    PackageKind kind;
    guint feed; /* from 0 */
    guint64 seq;
    MerkleFrontier *frontier; /* over the headers */
    GString *gathered;
} Run;

static gboolean run_emit(Run *self, gconstpointer bytes, gsize length, GError **error)
{
    self->size += length;
    if (self->measuring) {
        self->crc = zip_crc(self->crc, bytes, length);
        return TRUE;
    }
    sha256_update(self->hash, bytes, length);
    return zip_writer_write(self->writer->zip, bytes, length, error) && package_writer_progress(self->writer, error);
}

static gboolean run_flush(Run *self, GError **error)
{
    gboolean done = run_emit(self, self->gathered->str, self->gathered->len, error);
    g_string_truncate(self->gathered, 0);
    return done;
}

typedef gboolean (*Produce)(Run *run, gconstpointer what, GError **error);

/* Runs @produce once or twice and writes the file. @size: ZIP_SIZE_UNKNOWN; @crc: NULL. */
static gboolean write_produced(Run *run, Produce produce, gconstpointer what, guint64 size, const guint32 *crc,
                               GError **error)
{
    PackageWriter *writer = run->writer;
    guint32 measured = 0;
    if (!zip_writer_can_patch(writer->zip) && (size == ZIP_SIZE_UNKNOWN || !crc)) {
        run->measuring = TRUE;
        if (!produce(run, what, error))
            return FALSE;
        measured = run->crc;
        size = run->size;
        crc = &measured;
        run->measuring = FALSE;
        run->size = 0;
    }
    g_autoptr(Sha256) hash = sha256_new();
    g_autofree char *path = g_strconcat(writer->source->base, "/", run->name, NULL);
    run->hash = hash;
    if (!zip_writer_begin(writer->zip, path, size, crc, error) || !produce(run, what, error) ||
        !zip_writer_end(writer->zip, error))
        return FALSE;
    Hash digest = sha256_finish(hash);
    package_writer_list(writer, run->name, &digest, run->size);
    return TRUE;
}

/* ---- records ---- */

static gboolean is_export(const PackageWriter *writer, guint feed, guint64 seq)
{
    const GArray *exports = writer->source->contents->exports;
    for (guint i = 0; i < exports->len; i++) {
        const PackageExport *made = &g_array_index(exports, PackageExport, i);
        if (made->feed == feed + 1 && made->seq == seq)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_absent(const PackageWriter *writer, guint feed, guint64 seq)
{
    const GArray *absent = writer->source->contents->absent;
    for (guint i = 0; i < absent->len; i++) {
        const PackageAbsent *item = &g_array_index(absent, PackageAbsent, i);
        if (item->feed == feed + 1 && item->seq == seq)
            return TRUE;
    }
    return FALSE;
}

/* Does the act of this record go in? */
static gboolean is_chosen(const Run *self, const Header *header)
{
    const PackageWriter *writer = self->writer;
    if (writer->source->contents->whole || header->lasting || is_export(writer, self->feed, self->seq))
        return TRUE;
    g_autofree char *subject = span_text(header->subject);
    return g_hash_table_contains(writer->chosen, subject);
}

static gboolean refuse(const Run *self, GError **error, const char *why)
{
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "Record %" G_GUINT64_FORMAT " of feed %u %s.", self->seq,
                self->feed + 1, why);
    return FALSE;
}

static gboolean fits(GBytes *bytes, const Hash *expected)
{
    Hash hash = sha256(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    return hash_equal(&hash, expected);
}

/* Counts what package.json says, once: in the run that writes the acts. */
static void count(Run *self, const PackageRecord *record, gboolean chosen)
{
    if (self->measuring || self->kind != PACKAGE_ACTS)
        return;
    self->writer->records++;
    if (record->erased)
        self->writer->erased++;
    else if (!chosen && !is_absent(self->writer, self->feed, self->seq))
        self->writer->withheld++;
}

static gboolean add_act(Run *self, const PackageRecord *record, const Header *header, GError **error)
{
    gboolean chosen = is_chosen(self, header);
    count(self, record, chosen);
    if (!chosen || record->erased)
        return TRUE;
    if (!record->act)
        return is_absent(self->writer, self->feed, self->seq) ? TRUE : refuse(self, error, "has lost its act");
    GBytes *body = self->kind == PACKAGE_ACTS ? record->act : record->confirmation;
    if (!fits(record->act, &header->act))
        return refuse(self, error, "has another act than its header says");
    gboolean lost = self->kind == PACKAGE_CONFIRMATIONS && header->has_confirmation != (body != NULL);
    if (lost && !is_absent(self->writer, self->feed, self->seq))
        return refuse(self, error, "has lost its confirmation");
    if (body)
        g_string_append_len(self->gathered, g_bytes_get_data(body, NULL), (gssize)g_bytes_get_size(body));
    return TRUE;
}

static gboolean add_record(gpointer data, const PackageRecord *record, GError **error)
{
    Run *self = data;
    Header header;
    const char *reason = NULL;
    const char *bytes = g_bytes_get_data(record->header, NULL);
    if (self->kind == PACKAGE_HEADERS) {
        merkle_frontier_append(self->frontier, record->header);
        g_string_append_len(self->gathered, bytes, (gssize)g_bytes_get_size(record->header));
    } else if (!header_scan(bytes, g_bytes_get_size(record->header), &header, &reason)) {
        return refuse(self, error, "is malformed");
    } else if (!add_act(self, record, &header, error)) {
        return FALSE;
    }
    g_string_append_c(self->gathered, '\n');
    self->seq++;
    return self->gathered->len < GATHER ? TRUE : run_flush(self, error);
}

static gboolean produce_records(Run *self, gconstpointer what, GError **error)
{
    const PackageFeed *feed = what;
    const PackageSource *source = self->writer->source;
    self->seq = 0;
    g_clear_pointer(&self->frontier, merkle_frontier_free);
    self->frontier = merkle_frontier_new();
    if (!source->records(source->data, self->feed, add_record, self, error) || !run_flush(self, error))
        return FALSE;
    Hash root = merkle_frontier_root(self->frontier);
    if (self->seq != feed->info.size || (self->kind == PACKAGE_HEADERS && !hash_equal(&root, &feed->info.root))) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                    "The records of feed %u are not those whose root was signed; run \"comity audit\".",
                    self->feed + 1); /* W2 */
        return FALSE;
    }
    return TRUE;
}

gboolean package_writer_feed(PackageWriter *writer, const char *name, PackageKind kind, guint index, GError **error)
{
    g_autoptr(GString) gathered = g_string_sized_new(GATHER + 2 * ACT_LIMIT);
    Run run = {.writer = writer, .name = name, .kind = kind, .feed = index, .gathered = gathered};
    gboolean done = write_produced(&run, produce_records, g_ptr_array_index(writer->source->feeds, index),
                                   ZIP_SIZE_UNKNOWN, NULL, error);
    g_clear_pointer(&run.frontier, merkle_frontier_free);
    return done;
}

/* ---- blobs ---- */

static gboolean add_bytes(gpointer data, gconstpointer bytes, gsize length, GError **error)
{
    return run_emit(data, bytes, length, error);
}

static gboolean produce_blob(Run *self, gconstpointer what, GError **error)
{
    const PackageBlob *blob = what;
    const PackageSource *source = self->writer->source;
    if (!source->blob(source->data, blob, add_bytes, self, error))
        return FALSE;
    if (self->measuring)
        return TRUE;
    Hash hash = sha256_finish(self->hash);
    if (self->size == blob->size && hash_equal(&hash, &blob->sha256))
        return TRUE;
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                "A stored file is not what its record says (%s); run \"comity audit\".", self->name); /* W2 */
    return FALSE;
}

gboolean package_writer_blob(PackageWriter *writer, const char *name, const PackageBlob *blob, GError **error)
{
    Run run = {.writer = writer, .name = name, .kind = PACKAGE_BLOB};
    if (!write_produced(&run, produce_blob, blob, blob->size, blob->has_crc ? &blob->crc : NULL, error))
        return FALSE;
    writer->blob_bytes += blob->size;
    return TRUE;
}
