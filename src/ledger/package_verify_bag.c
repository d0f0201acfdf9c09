/* ledger/package_verify_bag.c: the files as files: names and order, hashes, manifests.
 *
 * Idea: one thread reads the file from end to end and makes the checksums, another makes the hashes of the same blocks,
 * which lie in a ring between them. Neither depends on a file's size. */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "ledger/bag.h"
#include "ledger/package_check.h"
#include "ledger/zip_write.h"
#include <string.h>

/* ---- layout ---- */

static gboolean base_is_valid(const char *name, gsize length)
{
    return length >= 1 && length <= 100 && g_ascii_isalnum(name[0]);
}

/* All files share one base directory. */
static gboolean take_base(PackageCheck *self)
{
    const GArray *entries = zip_file_entries(self->zip);
    const char *first = g_array_index(entries, ZipEntry, 0).name;
    const char *slash = strchr(first, '/');
    if (!slash || !base_is_valid(first, (gsize)(slash - first))) {
        check_damage_file(self, PHASE_LAYOUT, "layout.base", first, "does not lie in the package's one folder");
        return FALSE;
    }
    self->base_length = (gsize)(slash - first) + 1;
    g_free(self->report->base);
    self->report->base = g_strndup(first, self->base_length - 1);
    for (guint i = 1; i < entries->len; i++) {
        const char *name = g_array_index(entries, ZipEntry, i).name;
        if (strncmp(name, first, self->base_length) != 0) {
            check_damage_file(self, PHASE_LAYOUT, "layout.base", name, "does not lie in the package's one folder");
            return FALSE;
        }
    }
    return TRUE;
}

static void take_file(PackageCheck *self, const ZipEntry *entry)
{
    CheckFile file = {.name = entry->name + self->base_length, .entry = entry};
    guint count = self->files->len;
    if (!package_name_read(file.name, &file.what)) {
        check_damage_file(self, PHASE_LAYOUT, "layout.unknown", file.name, "is no file of a package");
        return; /* it has no place, so that none is before or behind it */
    }
    if (count > 0 && package_name_compare(g_array_index(self->files, CheckFile, count - 1).name, file.name) >= 0)
        check_damage_file(self, PHASE_LAYOUT, "layout.order", file.name, "stands in another place than it must");
    g_array_append_val(self->files, file);
}

gboolean check_layout(PackageCheck *self)
{
    static const char *const needed[] = {"bagit.txt",           "data/package.json", "bag-info.txt",
                                         "manifest-sha256.txt", "package.note",      "tagmanifest-sha256.txt"};
    const GArray *entries = zip_file_entries(self->zip);
    if (!take_base(self))
        return FALSE;
    for (guint i = 0; i < entries->len; i++)
        take_file(self, &g_array_index(entries, ZipEntry, i));
    /* Out of order, files are not found by name: nothing more can be said. */
    if (self->report->damages->len > 0)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(needed); i++)
        if (!check_file(self, needed[i]))
            check_damage_file(self, PHASE_LAYOUT, "layout.missing", needed[i], "is missing");
    self->report->files = self->files->len;
    return self->report->damages->len == 0;
}

/* ---- hashing ---- */

#define BLOCK_SIZE (1024 * 1024)
#define BLOCKS 6

typedef struct {
    guint8 *bytes;
    gsize length;
    CheckFile *file; /* NULL: there is no more */
    gboolean last;   /* of its file */
} Block;

typedef struct {
    PackageCheck *check;
    GAsyncQueue *empty, *filled; /* of Block */
    GError *failed;
    guint64 done;
} Hashing;

/* The hashing side: blocks in order, a hash a file. */
static gpointer hash_blocks(gpointer data)
{
    Hashing *self = data;
    g_autoptr(Sha256) hash = NULL;
    for (;;) {
        Block *block = g_async_queue_pop(self->filled);
        gboolean end = block->file == NULL;
        if (!end) {
            if (!hash)
                hash = sha256_new();
            sha256_update(hash, block->bytes, block->length);
            if (block->last) {
                block->file->sha256 = sha256_finish(hash);
                g_clear_pointer(&hash, sha256_free);
            }
        }
        g_async_queue_push(self->empty, block);
        if (end)
            return NULL;
    }
}

static gboolean tell_progress(Hashing *self)
{
    const PackageVerifyOptions *options = self->check->options;
    if (!options->progress || options->progress(options->data, self->done, zip_file_size(self->check->zip)))
        return TRUE;
    g_set_error_literal(&self->failed, COMITY_ERROR, COMITY_ERROR_CANCELLED, "The verification was cancelled.");
    return FALSE;
}

static gboolean read_block(Hashing *self, CheckFile *file, guint64 at)
{
    Block *block = g_async_queue_pop(self->empty);
    guint64 left = file->entry->size - at;
    gssize got = file_pread(zip_file_fd(self->check->zip), block->bytes, MIN(left, BLOCK_SIZE),
                            (goffset)(file->entry->offset + at), &self->failed);
    block->length = got > 0 ? (gsize)got : 0;
    block->file = file;
    block->last = block->length == left || got < 0;
    file->crc = zip_crc(file->crc, block->bytes, block->length);
    self->done += block->length;
    gboolean short_read = got >= 0 && block->length < MIN(left, BLOCK_SIZE);
    if (short_read)
        g_set_error_literal(&self->failed, COMITY_ERROR, COMITY_ERROR_IO, "The file became shorter while it was read.");
    g_async_queue_push(self->filled, block);
    return got >= 0 && !short_read && tell_progress(self);
}

static gboolean read_file(Hashing *self, CheckFile *file)
{
    guint64 at = 0;
    do {
        if (!read_block(self, file, at))
            return FALSE;
        at += BLOCK_SIZE;
    } while (at < file->entry->size);
    return TRUE;
}

/* The reading side. Returns a new error, or NULL. */
static gpointer read_all(gpointer data)
{
    Block blocks[BLOCKS];
    Hashing self = {data, g_async_queue_new(), g_async_queue_new(), NULL, 0};
    for (guint i = 0; i < BLOCKS; i++) {
        blocks[i] = (Block){.bytes = g_malloc(BLOCK_SIZE)};
        g_async_queue_push(self.empty, &blocks[i]);
    }
    GThread *hasher = g_thread_new("hash", hash_blocks, &self);
    GArray *files = self.check->files;
    for (guint i = 0; i < files->len; i++)
        if (!read_file(&self, &g_array_index(files, CheckFile, i)))
            break;
    Block *end = g_async_queue_pop(self.empty);
    end->file = NULL;
    g_async_queue_push(self.filled, end);
    g_thread_join(hasher);
    for (guint i = 0; i < BLOCKS; i++)
        g_free(blocks[i].bytes);
    g_async_queue_unref(self.empty);
    g_async_queue_unref(self.filled);
    return self.failed;
}

GThread *check_hash_start(PackageCheck *self)
{
    return g_thread_new("read", read_all, self);
}

/* ---- the bag ---- */

static GBytes *bag_read(gpointer data, const char *name, GError **error)
{
    PackageCheck *self = data;
    gsize length = 0;
    const char *bytes = check_bytes(self, check_file(self, name), &length);
    if (length > BAG_TAG_LIMIT) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_LIMIT, "“%s” is larger than any manifest may be.", name);
        return NULL;
    }
    return g_bytes_new_static(bytes, length);
}

static char *bag_digest(gpointer data, const char *name, BagAlgorithm algorithm, GError **error)
{
    (void)error;
    g_assert(algorithm == BAG_SHA256); /* no other manifest passes check_layout() */
    return hash_text(&check_file(data, name)->sha256);
}

static void bag_damaged(gpointer data, const char *code, const char *file, guint line, const char *about,
                        const char *why)
{
    g_autofree char *sentence =
        about[0] && !g_str_equal(about, file) ? g_strdup_printf("says of “%s” that it %s", about, why) : g_strdup(why);
    check_damage(data, PHASE_BAG, code, file, line ? line : PLACE_NONE, 0, PLACE_NONE, PLACE_NONE, sentence);
}

/* ---- what the bag's own files must be, byte for byte, given the others ---- */

static gboolean is_exactly(const PackageCheck *self, const char *name, const char *expected, gsize expected_length)
{
    gsize length = 0;
    const char *bytes = check_bytes(self, check_file(self, name), &length);
    return length == expected_length && memcmp(bytes, expected, length) == 0;
}

static GString *manifest_of(const PackageCheck *self)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < self->files->len; i++) {
        const CheckFile *file = &g_array_index(self->files, CheckFile, i);
        if (g_str_has_prefix(file->name, "data/"))
            bag_manifest_line(text, &file->sha256, file->name);
    }
    return text;
}

static GString *tag_manifest_of(const PackageCheck *self)
{
    static const char *const listed[] = {"bag-info.txt", "bagit.txt", "manifest-sha256.txt", "package.note"};
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(listed); i++)
        bag_manifest_line(text, &check_file(self, listed[i])->sha256, listed[i]);
    return text;
}

/* NULL where package.json can't be read. */
static char *bag_info_of(const PackageCheck *self)
{
    guint first = 0, end = check_files_below(self, "data/", &first);
    guint64 bytes = 0;
    for (guint i = first; i < end; i++)
        bytes += g_array_index(self->files, CheckFile, i).entry->size;
    const PackageContents *contents = self->report->contents;
    return contents ? package_bag_info(contents, bytes, end - first) : NULL;
}

/* Files that are right whatever a manifest says of them. */
static gboolean bag_proven(gpointer data, const char *name)
{
    const PackageCheck *self = data;
    const CheckFile *file = check_file(self, name);
    g_autoptr(GString) manifest = NULL;
    g_autofree char *info = NULL;
    switch (file->what.kind) {
    case PACKAGE_BAGIT:
        return is_exactly(self, name, BAG_DECLARATION, strlen(BAG_DECLARATION));
    case PACKAGE_BLOB:
        return hash_equal(&file->sha256, &file->what.sha256);
    case PACKAGE_BAG_INFO:
        info = bag_info_of(self);
        return info && is_exactly(self, name, info, strlen(info));
    case PACKAGE_MANIFEST:
        manifest = manifest_of(self);
        return is_exactly(self, name, manifest->str, manifest->len);
    case PACKAGE_NOTE:
        return self->note_good;
    default:
        return FALSE;
    }
}

static void check_spelling(PackageCheck *self)
{
    static const char *const why = "says the right thing, but not as a package writes it down";
    g_autoptr(GString) manifest = manifest_of(self), tags = tag_manifest_of(self);
    g_autofree char *info = bag_info_of(self);
    if (!is_exactly(self, "bagit.txt", BAG_DECLARATION, strlen(BAG_DECLARATION)))
        check_damage_file(self, PHASE_BAG, "bag.spelling", "bagit.txt", why);
    if (info && !is_exactly(self, "bag-info.txt", info, strlen(info)))
        check_damage_file(self, PHASE_BAG, "bag.info", "bag-info.txt", "does not say what this package holds");
    if (!is_exactly(self, "manifest-sha256.txt", manifest->str, manifest->len))
        check_damage_file(self, PHASE_BAG, "bag.spelling", "manifest-sha256.txt", why);
    if (!is_exactly(self, "tagmanifest-sha256.txt", tags->str, tags->len))
        check_damage_file(self, PHASE_BAG, "bag.spelling", "tagmanifest-sha256.txt", why);
}

gboolean check_bag(PackageCheck *self, GError **error)
{
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; i < self->files->len; i++) {
        const CheckFile *file = &g_array_index(self->files, CheckFile, i);
        g_ptr_array_add(names, (gpointer)file->name);
        if (file->what.kind == PACKAGE_VERIFY_HTML) {
            g_free(self->report->verify_html);
            self->report->verify_html = hash_text(&file->sha256);
        }
    }
    g_ptr_array_sort(names, text_compare);
    BagSource bag = {names, bag_read, bag_digest, bag_proven, bag_damaged, self};
    gboolean intact = FALSE;
    gboolean done = bag_verify(&bag, &intact, error);
    g_ptr_array_unref(names);
    if (done && intact)
        check_spelling(self);
    for (guint i = 0; done && intact && i < self->files->len; i++) {
        const CheckFile *file = &g_array_index(self->files, CheckFile, i);
        if (file->crc != file->entry->crc)
            check_damage_file(self, PHASE_BAG, "zip.checksum", file->name,
                              "has another checksum in the ZIP than its bytes have");
        if (file->what.kind == PACKAGE_BLOB && !hash_equal(&file->sha256, &file->what.sha256))
            check_damage_file(self, PHASE_BAG, "blob.changed", file->name, "is not the file whose hash is its name");
    }
    return done;
}
