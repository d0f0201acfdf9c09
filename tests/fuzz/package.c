/* tests/fuzz/package.c: a package of any bytes is judged, never obeyed: no crash, no error but of reading.
 *
 * A random change to a ZIP never gets past its checksums. So the mutator takes the package apart, changes one file, and
 * puts it together again with all that needs no key: what lies deeper is reached that way. */
#include "ledger/bag.h"
#include "ledger/core_acts.h"
#include "ledger/package_verify.h"
#include "ledger/zip_read.h"
#include "ledger/zip_write.h"
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t most, unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t most);

static int file_of(const uint8_t *bytes, size_t length)
{
    int fd = memfd_create("package", MFD_CLOEXEC);
    g_assert(pwrite(fd, bytes, length, 0) == (gssize)length);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ActTypes) types = act_types_new();
    act_types_add(types, core_acts, core_acts_count);
    PackageVerifyOptions options = {.types = types, .threads = 1};
    PackageReport *judged = NULL;
    int fd = file_of(bytes, length);
    gboolean done = package_verify(fd, &options, &judged, &error);
    close(fd);
    g_autoptr(PackageReport) report = judged;
    g_assert_no_error(error);
    g_assert(done);
    g_autofree char *text G_GNUC_UNUSED = package_report_text(report, "fuzz.zip");
    g_autoptr(json_t) json = package_report_json(report, "fuzz.zip");
    g_assert(json != NULL);
    return 0;
}

/* ---- changing one file ---- */

static void ignore(gpointer data, const char *code, guint64 byte, const char *entry, const char *why)
{
    (void)data;
    (void)code;
    (void)byte;
    (void)entry;
    (void)why;
}

static gboolean to_array(gpointer data, gconstpointer bytes, gsize length, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)length);
    return TRUE;
}

typedef struct {
    GString *manifest, *tags;
    ZipWriter *zip;
} Rebuild;

/* Writes one file of the package again; the two manifests fit what came before them. */
static gboolean write_again(Rebuild *self, const char *path, const guint8 *bytes, gsize length)
{
    const char *name = strchr(path, '/');
    name = name ? name + 1 : path;
    if (g_str_equal(name, "manifest-sha256.txt") || g_str_equal(name, "tagmanifest-sha256.txt")) {
        const GString *text = name[0] == 'm' ? self->manifest : self->tags;
        bytes = (const guint8 *)text->str;
        length = text->len;
    }
    Hash hash = sha256(bytes, length);
    bag_manifest_line(g_str_has_prefix(name, "data/") ? self->manifest : self->tags, &hash, name);
    return zip_writer_add(self->zip, path, bytes, length, NULL);
}

/* New bytes of the package in which entry @which is changed; NULL where that can't be. */
static GByteArray *changed(const uint8_t *bytes, size_t length, unsigned int seed)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GString) manifest = g_string_new(NULL), tags = g_string_new(NULL);
    int fd = file_of(bytes, length);
    g_autoptr(ZipFile) zip = zip_file_open(fd, ignore, NULL, NULL);
    close(fd);
    if (!zip || !zip_file_is_whole(zip))
        return NULL;
    const GArray *entries = zip_file_entries(zip);
    ZipSink sink = {to_array, NULL, out};
    g_autoptr(ZipWriter) writer = zip_writer_new(&sink);
    Rebuild rebuild = {manifest, tags, writer};
    for (guint i = 0; i < entries->len; i++) {
        const ZipEntry *entry = &g_array_index(entries, ZipEntry, i);
        g_autofree uint8_t *content = g_malloc0(entry->size + 64);
        memcpy(content, bytes + entry->offset, entry->size);
        gsize size = i == seed % entries->len ? LLVMFuzzerMutate(content, entry->size, entry->size + 64) : entry->size;
        if (!write_again(&rebuild, entry->name, content, size))
            return NULL;
    }
    return zip_writer_finish(writer, NULL) ? g_steal_pointer(&out) : NULL;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t most, unsigned int seed)
{
    g_autoptr(GByteArray) package = seed % 16 == 0 ? NULL : changed(bytes, length, seed / 16);
    if (!package || package->len > most)
        return LLVMFuzzerMutate(bytes, length, most);
    memcpy(bytes, package->data, package->len);
    return package->len;
}
