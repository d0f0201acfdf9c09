#include "ledger/bag.h"
#include "base/error.h"
#include "base/reader.h"
#include "base/text.h"
#include <string.h>

typedef struct {
    const BagSource *bag;
    guint damages;
} BagCheck;

static void damaged(BagCheck *self, const char *code, const char *file, guint line, const char *about, const char *why)
{
    self->damages++;
    self->bag->damaged(self->bag->data, code, file, line, about, why);
}

void bag_manifest_line(GString *manifest, const Hash *hash, const char *name)
{
    char hex[HASH_HEX_SIZE];
    hash_write(hex, hash);
    g_string_append_printf(manifest, "%s  %s\n", hex, name);
}

static gboolean has_file(const BagCheck *self, const char *name)
{
    const GPtrArray *names = self->bag->names;
    return names->len > 0 && bsearch(&name, names->pdata, names->len, sizeof(gpointer), text_compare) != NULL;
}

/* ---- bagit.txt (B1) ---- */

/* Line ends may be LF, CR or CRLF (RFC 8493 section 2.1.1); nothing else is free. */
static gboolean take_declared(Reader *reader, const char *line)
{
    if (!reader_accept(reader, line))
        return FALSE;
    gboolean carriage = reader_accept(reader, "\r");
    return reader_accept(reader, "\n") || carriage;
}

static gboolean check_declaration(BagCheck *self, GError **error)
{
    if (!has_file(self, "bagit.txt")) {
        damaged(self, "bag.declaration", "bagit.txt", 0, "", "is missing: this is not a bag");
        return TRUE;
    }
    g_autoptr(GBytes) bytes = self->bag->read(self->bag->data, "bagit.txt", error);
    if (!bytes)
        return FALSE;
    Reader reader = reader_of(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    if (!take_declared(&reader, "BagIt-Version: 1.0"))
        damaged(self, "bag.declaration", "bagit.txt", 1, "", "does not say “BagIt-Version: 1.0”");
    else if (!take_declared(&reader, "Tag-File-Character-Encoding: UTF-8"))
        damaged(self, "bag.declaration", "bagit.txt", 2, "", "does not say “Tag-File-Character-Encoding: UTF-8”");
    else if (reader_left(&reader) > 0)
        damaged(self, "bag.declaration", "bagit.txt", 3, "", "has more than two lines");
    return TRUE;
}

/* ---- manifests (B2, B3) ---- */

typedef struct {
    const char *file; /* the manifest's name */
    BagAlgorithm algorithm;
    gboolean payload;
    GHashTable *listed; /* path -> path */
} Manifest;

/* %0D, %0A and %25, and nothing else, stand for CR, LF and %. New; NULL where a % means anything else, or where the path
 * would end before its line does. */
static char *decode_path(const char *bytes, gsize length)
{
    if (memchr(bytes, '\0', length))
        return NULL;
    GString *path = g_string_new(NULL);
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] != '%') {
            g_string_append_c(path, bytes[i]);
            continue;
        }
        g_autofree char *code = g_ascii_strup(bytes + i + 1, (gssize)MIN(2, length - i - 1));
        const char *of = g_str_equal(code, "0D") ? "\r" : g_str_equal(code, "0A") ? "\n" : "%";
        if (of[0] == '%' && !g_str_equal(code, "25")) {
            g_string_free(path, TRUE);
            return NULL;
        }
        g_string_append(path, of);
        i += 2;
    }
    return g_string_free(path, FALSE);
}

/* A path that can only name a file in this bag: relative, no part "", "." or "..", no drive, no backslash, no "~". */
static gboolean path_stays(const char *path, gboolean payload)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    if (path[0] == '~' || strchr(path, '\\') || g_str_has_prefix(path, "data/") != payload)
        return FALSE;
    if (g_ascii_isalpha(path[0]) && path[1] == ':')
        return FALSE;
    for (gsize i = 0; parts[i]; i++)
        if (parts[i][0] == '\0' || g_str_equal(parts[i], ".") || g_str_equal(parts[i], ".."))
            return FALSE;
    return g_utf8_validate(path, -1, NULL);
}

static void hash_differs(BagCheck *self, const Manifest *manifest, guint line, const char *path)
{
    const BagSource *bag = self->bag;
    if (bag->proven && bag->proven(bag->data, path))
        damaged(self, "bag.hash", manifest->file, line, path, "has another hash than it has");
    else
        damaged(self, "file.changed", path, 0, path, "was changed: its bytes are not those that the manifest lists");
}

/* Is the listed file here, with the listed bytes? */
static gboolean check_listed(BagCheck *self, const Manifest *manifest, guint line, const char *path, const char *hex,
                             GError **error)
{
    if (!has_file(self, path)) {
        damaged(self, "file.missing", manifest->file, line, path, "is listed and is not here");
        return TRUE;
    }
    g_autofree char *digest = self->bag->digest(self->bag->data, path, manifest->algorithm, error);
    if (!digest)
        return FALSE;
    if (!g_str_equal(digest, hex))
        hash_differs(self, manifest, line, path);
    return TRUE;
}

static gboolean take_line(BagCheck *self, Manifest *manifest, guint line, const char *bytes, gsize length,
                          GError **error)
{
    gsize digits = manifest->algorithm == BAG_SHA512 ? 128 : 64;
    gsize hex = 0, at = 0;
    while (hex < length && g_ascii_isxdigit(bytes[hex]))
        hex++;
    for (at = hex; at < length && (bytes[at] == ' ' || bytes[at] == '\t'); at++)
        ;
    if (hex != digits || at == hex || at == length) {
        damaged(self, "bag.line", manifest->file, line, "", "is not a hash, white space and a path");
        return TRUE;
    }
    g_autofree char *path = decode_path(bytes + at, length - at);
    if (!path || !path_stays(path, manifest->payload)) {
        damaged(self, "bag.path", manifest->file, line, "",
                manifest->payload ? "names a file outside data/" : "names a file outside the package's folder");
        return TRUE;
    }
    if (!g_hash_table_add(manifest->listed, g_strdup(path))) {
        damaged(self, "bag.twice", manifest->file, line, path, "lists a file that is listed before");
        return TRUE;
    }
    g_autofree char *lower = g_ascii_strdown(bytes, (gssize)hex);
    return check_listed(self, manifest, line, path, lower, error);
}

/* Lines end in LF, CR or CRLF; the last one too. */
static gboolean take_lines(BagCheck *self, Manifest *manifest, const char *bytes, gsize length, GError **error)
{
    guint line = 0;
    for (gsize at = 0; at < length;) {
        gsize end = at;
        while (end < length && bytes[end] != '\n' && bytes[end] != '\r')
            end++;
        line++;
        if (end == length) {
            damaged(self, "bag.line", manifest->file, line, "", "does not end: the manifest is cut off");
            return TRUE;
        }
        if (!take_line(self, manifest, line, bytes + at, end - at, error))
            return FALSE;
        at = end + (bytes[end] == '\r' && end + 1 < length && bytes[end + 1] == '\n' ? 2 : 1);
    }
    return TRUE;
}

/* Every file that this manifest must list. A tag manifest need not list all, and never lists tag manifests. */
static void check_unlisted(BagCheck *self, const Manifest *manifest)
{
    for (guint i = 0; manifest->payload && i < self->bag->names->len; i++) {
        const char *name = g_ptr_array_index(self->bag->names, i);
        if (g_str_has_prefix(name, "data/") && !g_hash_table_contains(manifest->listed, name))
            damaged(self, "file.unlisted", name, 0, name, "is here and is not listed in the manifest");
    }
}

static gboolean check_manifest(BagCheck *self, const char *file, BagAlgorithm algorithm, gboolean payload,
                               GError **error)
{
    g_autoptr(GBytes) bytes = self->bag->read(self->bag->data, file, error);
    if (!bytes)
        return FALSE;
    g_autoptr(GHashTable) listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Manifest manifest = {file, algorithm, payload, listed};
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    if (!take_lines(self, &manifest, text, length, error))
        return FALSE;
    check_unlisted(self, &manifest);
    return TRUE;
}

gboolean bag_verify(const BagSource *bag, gboolean *intact, GError **error)
{
    static const char *const tags[] = {"tagmanifest-sha256.txt", "tagmanifest-sha512.txt"};
    static const char *const payloads[] = {"manifest-sha256.txt", "manifest-sha512.txt"};
    BagCheck self = {bag, 0};
    guint payload_manifests = 0;
    if (!check_declaration(&self, error))
        return FALSE;
    if (has_file(&self, "fetch.txt"))
        damaged(&self, "bag.fetch", "fetch.txt", 0, "", "asks for files from elsewhere; a package holds what it lists");
    for (guint i = 0; i < 4; i++) { /* B4 */
        const char *file = i < 2 ? tags[i] : payloads[i - 2];
        if (!has_file(&self, file))
            continue;
        payload_manifests += i < 2 ? 0 : 1;
        if (!check_manifest(&self, file, i % 2 == 0 ? BAG_SHA256 : BAG_SHA512, i >= 2, error))
            return FALSE;
    }
    if (payload_manifests == 0)
        damaged(&self, "bag.manifest", "manifest-sha256.txt", 0, "", "is missing: nothing says what the files were");
    *intact = self.damages == 0;
    return TRUE;
}
