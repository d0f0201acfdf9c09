#include "ledger/zip_read.h"
#include "base/error.h"
#include "base/file.h"
#include <string.h>
#include <sys/stat.h>

#define DAMAGES_MAX 1000

struct ZipFile {
    int fd;
    guint64 size;
    GArray *entries; /* of ZipEntry */
    guint damages;
    ZipDamaged damaged;
    gpointer data;
};

void zip_file_free(ZipFile *self)
{
    if (!self)
        return;
    g_array_unref(self->entries);
    g_free(self);
}

gboolean zip_file_is_whole(const ZipFile *self)
{
    return self->damages == 0;
}

guint64 zip_file_size(const ZipFile *self)
{
    return self->size;
}

const GArray *zip_file_entries(const ZipFile *self)
{
    return self->entries;
}

int zip_file_fd(const ZipFile *self)
{
    return self->fd;
}

char *zip_show_name(const char *name, gsize length)
{
    GString *shown = g_string_new(NULL);
    for (gsize i = 0; i < length && i < 200; i++) {
        if (name[i] >= 0x20 && name[i] < 0x7f && name[i] != '\\')
            g_string_append_c(shown, name[i]);
        else
            g_string_append_printf(shown, "\\x%02x", (guint8)name[i]);
    }
    return g_string_free(shown, FALSE);
}

static void damaged(ZipFile *self, const char *code, guint64 byte, const char *entry, const char *why)
{
    self->damages++;
    if (self->damages <= DAMAGES_MAX)
        self->damaged(self->data, code, byte, entry, why);
}

/* ---- entries ---- */

/* What the fields of a local header are, for the sentence about the first byte that differs. */
static const struct {
    guint end;
    const char *why;
} local_fields[] = {
    {6, "asks for another version of the ZIP format than packages use"},
    {8, "has other flags than packages have (encrypted, or its size and checksum stand behind it)"},
    {10, "is compressed; a package stores its files as they are"},
    {14, "has a time; in a package the time of a file stands in the records"},
    {26, "does not give its size as packages do (zip64)"},
    {30, "has another extra field than zip64"},
};

static const char *why_local(gsize at, gsize name_length)
{
    if (at >= ZIP_LOCAL_SIZE + name_length)
        return "has another extra field than zip64, or two sizes";
    for (gsize i = 0; i < G_N_ELEMENTS(local_fields); i++)
        if (at < local_fields[i].end)
            return local_fields[i].why;
    return "has a name that cannot be read";
}

static guint64 little(const guint8 *at, guint bytes)
{
    guint64 value = 0;
    for (guint i = bytes; i-- > 0;)
        value = value << 8 | at[i];
    return value;
}

static const char *why_name(const char *name, gsize length)
{
    g_autofree char *text = g_strndup(name, length);
    if (length > 0 && (name[0] == '/' || memchr(name, '\\', length) || memchr(name, ':', length)))
        return "has a name that points outside the package";
    if (strstr(text, ".."))
        return "has a name that leaves the package's folder";
    return "has a name that no file of a package has";
}

/* The size of the contents as the header states it; FALSE where it doesn't. */
static gboolean stated_size(const guint8 *header, gsize name_length, gsize extra_length, guint64 *size)
{
    const guint8 *extra = header + ZIP_LOCAL_SIZE + name_length;
    if (extra_length >= ZIP_LOCAL_EXTRA && little(extra, 2) == 1 && little(extra + 2, 2) >= 16) {
        *size = little(extra + 12, 8);
        return TRUE;
    }
    *size = little(header + 18, 4);
    return *size != 0xffffffff && !(header[6] & 8);
}

/* Names whatever the header at @at does differently from what Z1 and Z2 ask. */
static void check_local(ZipFile *self, const ZipEntry *entry, const guint8 *header, gsize length, gsize name_length,
                        const char *shown)
{
    const char *name = (const char *)header + ZIP_LOCAL_SIZE;
    if (!zip_name_is_valid(name, name_length)) {
        damaged(self, "zip.name", entry->header + ZIP_LOCAL_SIZE, shown, why_name(name, name_length));
        return;
    }
    g_autoptr(GByteArray) expected = g_byte_array_new();
    zip_local_header(expected, entry);
    for (gsize i = 0; i < length && i < expected->len; i++)
        if (header[i] != expected->data[i]) {
            damaged(self, "zip.entry", entry->header + i, shown, why_local(i, name_length));
            return;
        }
    if (length != expected->len)
        damaged(self, "zip.entry", entry->header + MIN(length, expected->len), shown,
                "has another extra field than zip64");
}

/* Reads the header at @at, of which the first ZIP_LOCAL_SIZE bytes are in @fixed. @next: where the next one is. FALSE
 * where there is no telling. */
static gboolean take_entry(ZipFile *self, guint64 at, const guint8 *fixed, guint64 *next, GError **error)
{
    gsize name_length = little(fixed + 26, 2), extra_length = little(fixed + 28, 2);
    gsize length = ZIP_LOCAL_SIZE + name_length + extra_length;
    g_autofree guint8 *header = g_malloc(length);
    gssize got = file_pread(self->fd, header, length, (goffset)at, error);
    if (got < 0)
        return FALSE;
    g_autofree char *shown = zip_show_name((const char *)header + ZIP_LOCAL_SIZE,
                                           MIN(name_length, (gsize)MAX(got, ZIP_LOCAL_SIZE) - ZIP_LOCAL_SIZE));
    if ((gsize)got < length) {
        damaged(self, "zip.truncated", self->size, shown, "is cut off: the file ends in the middle of its name");
        return FALSE;
    }
    ZipEntry entry = {.header = at, .offset = at + length, .crc = (guint32)little(fixed + 14, 4)};
    entry.name = g_strndup((const char *)header + ZIP_LOCAL_SIZE, name_length);
    gboolean known = stated_size(header, name_length, extra_length, &entry.size);
    check_local(self, &entry, header, length, name_length, shown);
    gboolean here = known && entry.size <= self->size - entry.offset;
    *next = here ? entry.offset + entry.size : 0;
    g_array_append_val(self->entries, entry);
    if (known && !here)
        damaged(self, "zip.truncated", self->size, shown, "is cut off: the file ends before its last byte");
    return here;
}

/* Walks the entries; @directory: where they end. FALSE where the walk had to stop (damage was told, or @error). */
static gboolean walk(ZipFile *self, guint64 *directory, GError **error)
{
    guint64 at = 0;
    for (;;) {
        guint8 fixed[ZIP_LOCAL_SIZE];
        gssize got = file_pread(self->fd, fixed, sizeof fixed, (goffset)at, error);
        if (got < 0)
            return FALSE;
        *directory = at;
        if (got < 4 || memcmp(fixed, "PK\3\4", 4) != 0)
            return TRUE;
        if ((gsize)got < sizeof fixed) {
            damaged(self, "zip.truncated", self->size, "",
                    "is cut off: the file ends in the middle of an entry's head");
            return FALSE;
        }
        if (!take_entry(self, at, fixed, &at, error))
            return FALSE;
    }
}

/* ---- the directory ---- */

/* Where the file's bytes at @at and @expected part; G_MAXSIZE where they don't. @here: how many bytes were there. */
static gboolean compare(ZipFile *self, guint64 at, const GByteArray *expected, gsize *parts, gsize *here,
                        GError **error)
{
    g_autofree guint8 *bytes = g_malloc(expected->len);
    gssize got = file_pread(self->fd, bytes, expected->len, (goffset)at, error);
    if (got < 0)
        return FALSE;
    *here = (gsize)got;
    *parts = G_MAXSIZE;
    for (gsize i = 0; i < (gsize)got; i++)
        if (bytes[i] != expected->data[i]) {
            *parts = i;
            break;
        }
    return TRUE;
}

/* FALSE where damage was told, or on @error. */
static gboolean expect(ZipFile *self, guint64 *at, const GByteArray *expected, const char *code, const char *entry,
                       const char *why, GError **error)
{
    gsize parts = 0, here = 0;
    if (!compare(self, *at, expected, &parts, &here, error))
        return FALSE;
    if (parts != G_MAXSIZE) {
        damaged(self, code, *at + parts, entry, why);
        return FALSE;
    }
    if (here < expected->len) {
        damaged(self, "zip.truncated", self->size, entry, "is cut off: the directory at the file's end is not whole");
        return FALSE;
    }
    *at += expected->len;
    return TRUE;
}

static gboolean check_directory(ZipFile *self, guint64 start, GError **error)
{
    guint64 at = start;
    guint8 mark[4];
    gssize got = file_pread(self->fd, mark, sizeof mark, (goffset)start, error);
    if (got < 0)
        return FALSE;
    if (got < 4) {
        damaged(self, "zip.truncated", self->size, "", "is cut off: the directory at the file's end is not here");
        return FALSE;
    }
    if (memcmp(mark, "PK\1\2", 4) != 0) {
        damaged(self, "zip.gap", start, "", "begins neither an entry nor the directory: these bytes belong to nothing");
        return FALSE;
    }
    for (guint i = 0; i < self->entries->len; i++) {
        const ZipEntry *entry = &g_array_index(self->entries, ZipEntry, i);
        g_autoptr(GByteArray) expected = g_byte_array_new();
        zip_central_header(expected, entry);
        if (!expect(self, &at, expected, "zip.directory", entry->name,
                    "is described otherwise in the directory than at its place", error))
            return FALSE;
    }
    g_autoptr(GByteArray) tail = g_byte_array_new();
    zip_tail(tail, self->entries->len, start, at - start);
    if (!expect(self, &at, tail, "zip.end", "", "differs from the end that these entries must have", error))
        return FALSE;
    if (at < self->size)
        damaged(self, "zip.trailing", at, "", "follows the end of the package: these bytes belong to nothing");
    return TRUE;
}

ZipFile *zip_file_open(int fd, ZipDamaged told, gpointer data, GError **error)
{
    struct stat about;
    if (fstat(fd, &about) != 0) {
        error_set_errno(error, "reading the package");
        return NULL;
    }
    if (!S_ISREG(about.st_mode)) {
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_INVALID, "A package is a file; this is something else.");
        return NULL;
    }
    g_autoptr(ZipFile) self = g_new0(ZipFile, 1);
    self->fd = fd;
    self->size = (guint64)about.st_size;
    self->damaged = told;
    self->data = data;
    self->entries = g_array_new(FALSE, TRUE, sizeof(ZipEntry));
    g_array_set_clear_func(self->entries, zip_entry_clear);
    GError *failed = NULL;
    guint64 directory = 0;
    gboolean walked = walk(self, &directory, &failed);
    if (walked && self->entries->len == 0)
        damaged(self, "package.none", 0, "", "is no Comity package: it does not begin with a package's first file");
    else if (walked && self->damages == 0)
        (void)check_directory(self, directory, &failed);
    if (failed) {
        g_propagate_error(error, failed);
        return NULL;
    }
    return g_steal_pointer(&self);
}
