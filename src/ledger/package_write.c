/* ledger/package_write.c: the plan of a package and its small files. package_write_feed.c streams feeds and blobs. */
#include "ledger/package_write.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/bag.h"
#include "ledger/package_writer.h"
#include "ledger/proof.h"
#include <string.h>

/* One file to be written: what it is, and where in the source it comes from. */
typedef struct {
    char *name;
    PackageKind kind;
    guint index;  /* in the source's array of its kind; of feed files: the feed */
    guint within; /* in the feed's array */
} Planned;

static void planned_clear(gpointer item)
{
    g_free(((Planned *)item)->name);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return package_name_compare(((const Planned *)a)->name, ((const Planned *)b)->name);
}

char *package_base_name(const char *text)
{
    GString *name = g_string_new(NULL);
    for (const char *at = text; *at && name->len < 100; at++) {
        gboolean fits = g_ascii_isalnum(*at) || *at == '.' || *at == '_' || *at == '-';
        gboolean first = name->len == 0 && !g_ascii_isalnum(*at);
        if (fits && !first)
            g_string_append_c(name, *at);
        else if (!first && name->str[name->len - 1] != '-')
            g_string_append_c(name, '-');
    }
    if (name->len == 0)
        g_string_append(name, "package");
    return g_string_free(name, FALSE);
}

/* ---- the plan ---- */

static void plan(GArray *planned, PackageName name, guint index, guint within)
{
    Planned item = {package_name_text(&name), name.kind, index, within};
    g_array_append_val(planned, item);
}

static PackageName of_node(PackageKind kind, const char *node, guint64 number)
{
    PackageName name = {.kind = kind, .number = number};
    g_strlcpy(name.node, node, sizeof name.node);
    return name;
}

static PackageName of_anchor(PackageKind kind, const char *node, const AnchorPlace *at)
{
    PackageName name = of_node(kind, node, at->index);
    memcpy(name.epoch, at->epoch, sizeof name.epoch);
    return name;
}

static void plan_feed(GArray *planned, const PackageFeed *feed, guint index)
{
    guint32 number = index + 1;
    static const PackageKind whole[] = {PACKAGE_FEED, PACKAGE_HEADERS, PACKAGE_ACTS, PACKAGE_CONFIRMATIONS};
    for (gsize i = 0; i < G_N_ELEMENTS(whole); i++)
        plan(planned, (PackageName){.kind = whole[i], .feed = number}, index, 0);
    for (guint i = 0; i < feed->checkpoints->len; i++) {
        const PackageCheckpoint *checkpoint = &g_array_index(feed->checkpoints, PackageCheckpoint, i);
        PackageName name = {.kind = PACKAGE_CHECKPOINT, .feed = number, .number = checkpoint->size};
        plan(planned, name, index, i);
        name.kind = PACKAGE_CONSISTENCY;
        if (checkpoint->size > feed->info.size)
            plan(planned, name, index, i);
    }
    for (guint i = 0; feed->anchored && i < feed->anchored->len; i++) {
        PackageName name =
            of_anchor(PACKAGE_ANCHORED, feed->info.node, &g_array_index(feed->anchored, PackageAnchored, i).anchor);
        name.feed = number;
        plan(planned, name, index, i);
    }
    for (guint i = 0; feed->proofs && i < feed->proofs->len; i++) {
        guint64 seq = g_array_index(feed->proofs, PackageProof, i).seq;
        plan(planned, (PackageName){.kind = PACKAGE_PROOF, .feed = number, .number = seq}, index, i);
    }
}

static GArray *plan_all(const PackageSource *source)
{
    GArray *planned = g_array_new(FALSE, TRUE, sizeof(Planned));
    g_array_set_clear_func(planned, planned_clear);
    plan(planned, (PackageName){.kind = PACKAGE_BAGIT}, 0, 0);
    plan(planned, (PackageName){.kind = PACKAGE_CONTENTS}, 0, 0);
    for (guint i = 0; i < source->feeds->len; i++)
        plan_feed(planned, g_ptr_array_index(source->feeds, i), i);
    for (guint i = 0; i < source->anchors->len; i++) {
        const PackageAnchor *anchor = &g_array_index(source->anchors, PackageAnchor, i);
        plan(planned, of_anchor(PACKAGE_ANCHOR, anchor->node, &anchor->at), i, 0);
    }
    for (guint i = 0; i < source->cards->len; i++) {
        const PackageCard *card = &g_array_index(source->cards, PackageCard, i);
        plan(planned, of_node(PACKAGE_CARD, card->node, card->number), i, 0);
    }
    for (guint i = 0; i < source->blobs->len; i++) {
        PackageName name = {.kind = PACKAGE_BLOB, .sha256 = g_array_index(source->blobs, PackageBlob, i).sha256};
        plan(planned, name, i, 0);
    }
    for (guint i = 0; i < source->files->len; i++) {
        Planned item = {g_strdup(g_array_index(source->files, PackageFile, i).name), PACKAGE_REPORT, i, 0};
        g_array_append_val(planned, item);
    }
    g_array_sort(planned, by_name);
    return planned;
}

/* Two files of one name, or a name that no package has: the source is wrong. */
static gboolean check_plan(const GArray *planned, GError **error)
{
    for (guint i = 0; i < planned->len; i++) {
        const char *name = g_array_index(planned, Planned, i).name;
        PackageName read;
        if (!package_name_read(name, &read) || !zip_name_is_valid(name, strlen(name))) {
            g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "A package has no place for a file “%s”.", name);
            return FALSE;
        }
        if (i > 0 && g_str_equal(name, g_array_index(planned, Planned, i - 1).name)) {
            g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "“%s” was to go into the package twice.", name);
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- small files ---- */

gboolean package_writer_put(PackageWriter *self, const char *name, gconstpointer bytes, gsize length, GError **error)
{
    g_autofree char *path = g_strconcat(self->source->base, "/", name, NULL);
    if (!zip_writer_add(self->zip, path, bytes, length, error))
        return FALSE;
    Hash hash = sha256(bytes, length);
    package_writer_list(self, name, &hash, length);
    return package_writer_progress(self, error);
}

void package_writer_list(PackageWriter *self, const char *name, const Hash *hash, guint64 length)
{
    if (!g_str_has_prefix(name, "data/"))
        return;
    bag_manifest_line(self->manifest, hash, name);
    self->payload_bytes += length;
    self->payload_files++;
}

gboolean package_writer_progress(PackageWriter *self, GError **error)
{
    const PackageSource *source = self->source;
    if (!source->progress || source->progress(source->data, zip_writer_position(self->zip)))
        return TRUE;
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_CANCELLED, "The export was cancelled.");
    return FALSE;
}

static gboolean put_text(PackageWriter *self, const char *name, const char *text, GError **error)
{
    return package_writer_put(self, name, text, strlen(text), error);
}

static gboolean put_consistency(PackageWriter *self, const char *name, const GArray *hashes, GError **error)
{
    g_autofree char *text = proof_hashes_text(hashes);
    return put_text(self, name, text, error);
}

static gboolean put_contents(PackageWriter *self, GError **error)
{
    PackageContents *contents = self->source->contents;
    contents->records = self->records;
    contents->withheld = self->withheld;
    contents->erased = self->erased;
    contents->blobs = self->source->blobs->len;
    contents->bytes = self->blob_bytes;
    g_autofree char *text = package_contents_text(contents);
    return put_text(self, "data/package.json", text, error);
}

static gboolean put_in_feed(PackageWriter *self, const Planned *item, GError **error)
{
    const PackageFeed *feed = g_ptr_array_index(self->source->feeds, item->index);
    g_autofree char *text = NULL;
    switch (item->kind) {
    case PACKAGE_FEED:
        text = package_feed_info_text(&feed->info);
        return put_text(self, item->name, text, error);
    case PACKAGE_CHECKPOINT:
        return put_text(self, item->name, g_array_index(feed->checkpoints, PackageCheckpoint, item->within).note,
                        error);
    case PACKAGE_CONSISTENCY:
        return put_consistency(self, item->name,
                               g_array_index(feed->checkpoints, PackageCheckpoint, item->within).consistency, error);
    case PACKAGE_ANCHORED:
        text = anchored_text(g_array_index(feed->anchored, PackageAnchored, item->within).anchored);
        return put_text(self, item->name, text, error);
    case PACKAGE_PROOF:
        return put_text(self, item->name, g_array_index(feed->proofs, PackageProof, item->within).text, error);
    default:
        return package_writer_feed(self, item->name, item->kind, item->index, error);
    }
}

static gboolean put(PackageWriter *self, const Planned *item, GError **error)
{
    const PackageSource *source = self->source;
    const PackageFile *file;
    switch (item->kind) {
    case PACKAGE_BAGIT:
        return put_text(self, item->name, BAG_DECLARATION, error);
    case PACKAGE_CONTENTS:
        return put_contents(self, error);
    case PACKAGE_ANCHOR:
        return put_text(self, item->name, g_array_index(source->anchors, PackageAnchor, item->index).proof, error);
    case PACKAGE_CARD:
        return put_text(self, item->name, g_array_index(source->cards, PackageCard, item->index).note, error);
    case PACKAGE_BLOB:
        return package_writer_blob(self, item->name, &g_array_index(source->blobs, PackageBlob, item->index), error);
    case PACKAGE_REPORT:
        file = &g_array_index(source->files, PackageFile, item->index);
        return package_writer_put(self, item->name, g_bytes_get_data(file->bytes, NULL), g_bytes_get_size(file->bytes),
                                  error);
    default:
        return put_in_feed(self, item, error);
    }
}

/* ---- the end: bag-info.txt, the manifest, its signature, the manifest of these ---- */

static gboolean put_tags(PackageWriter *self, GError **error)
{
    const PackageSource *source = self->source;
    g_autofree char *info = package_bag_info(source->contents, self->payload_bytes, self->payload_files);
    Hash manifest = sha256(self->manifest->str, self->manifest->len);
    g_autofree char *text = package_note_text(&manifest);
    g_autofree char *name = package_note_name(source->contents->node);
    g_autofree char *note = source->sign(source->data, text, name, error);
    if (!note)
        return FALSE;
    g_autoptr(GString) tags = g_string_new(NULL);
    Hash info_hash = sha256(info, strlen(info)), note_hash = sha256(note, strlen(note));
    Hash declaration = sha256(BAG_DECLARATION, strlen(BAG_DECLARATION));
    bag_manifest_line(tags, &info_hash, "bag-info.txt");
    bag_manifest_line(tags, &declaration, "bagit.txt");
    bag_manifest_line(tags, &manifest, "manifest-sha256.txt");
    bag_manifest_line(tags, &note_hash, "package.note");
    return put_text(self, "bag-info.txt", info, error) &&
           package_writer_put(self, "manifest-sha256.txt", self->manifest->str, self->manifest->len, error) &&
           put_text(self, "package.note", note, error) && put_text(self, "tagmanifest-sha256.txt", tags->str, error);
}

static void choose(PackageWriter *self, GPtrArray *subjects)
{
    for (guint i = 0; subjects && i < subjects->len; i++)
        g_hash_table_add(self->chosen, g_ptr_array_index(subjects, i));
}

static gboolean write_all(PackageWriter *self, GError **error)
{
    g_autoptr(GArray) planned = plan_all(self->source);
    if (!check_plan(planned, error))
        return FALSE;
    for (guint i = 0; i < planned->len; i++)
        if (!put(self, &g_array_index(planned, Planned, i), error))
            return FALSE;
    return put_tags(self, error) && zip_writer_finish(self->zip, error);
}

gboolean package_write(const PackageSource *source, const ZipSink *sink, GError **error)
{
    g_ptr_array_sort(source->contents->subjects, text_compare);
    g_array_sort(source->contents->absent, package_absent_compare);
    g_array_sort(source->contents->left_out, package_left_out_compare);
    g_autoptr(ZipWriter) zip = zip_writer_new(sink);
    g_autoptr(GHashTable) chosen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GString) manifest = g_string_new(NULL);
    PackageWriter self = {.source = source, .zip = zip, .chosen = chosen, .manifest = manifest};
    choose(&self, source->contents->subjects);
    choose(&self, source->also);
    return write_all(&self, error);
}
