/* tests/unit/support/small-pieces.c: packages taken to pieces and put together again; see small-case.h. */
#include "ledger/bag.h"
#include "ledger/package_layout.h"
#include "ledger/zip_read.h"
#include "support/kept.h"
#include "support/small-case.h"
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BASE "small-case/"

static void piece_clear(gpointer item)
{
    g_free(((Piece *)item)->name);
    g_byte_array_unref(((Piece *)item)->bytes);
}

static void no_damage(gpointer data, const char *code, guint64 byte, const char *entry, const char *why)
{
    (void)data;
    g_error("%s at %" G_GUINT64_FORMAT ": %s %s", code, byte, entry, why);
}

static int file_of(const GByteArray *package)
{
    int fd = memfd_create("package", MFD_CLOEXEC);
    g_assert_cmpint(pwrite(fd, package->data, package->len, 0), ==, (gssize)package->len);
    return fd;
}

GArray *pieces_of(const GByteArray *package)
{
    g_autoptr(GError) error = NULL;
    int fd = file_of(package);
    GArray *pieces = g_array_new(FALSE, TRUE, sizeof(Piece));
    g_array_set_clear_func(pieces, piece_clear);
    g_autoptr(ZipFile) zip = zip_file_open(fd, no_damage, NULL, &error);
    g_assert_no_error(error);
    const GArray *entries = zip_file_entries(zip);
    for (guint i = 0; i < entries->len; i++) {
        const ZipEntry *entry = &g_array_index(entries, ZipEntry, i);
        Piece item = {g_strdup(entry->name + strlen(BASE)), g_byte_array_new()};
        g_byte_array_append(item.bytes, package->data + entry->offset, (guint)entry->size);
        g_array_append_val(pieces, item);
    }
    close(fd);
    return pieces;
}

static Piece *find(GArray *pieces, const char *name)
{
    for (guint i = 0; i < pieces->len; i++)
        if (g_str_equal(g_array_index(pieces, Piece, i).name, name))
            return &g_array_index(pieces, Piece, i);
    return NULL;
}

Piece *piece(GArray *pieces, const char *name)
{
    Piece *found = find(pieces, name);
    if (!found)
        g_error("no file %s in this package", name);
    return found;
}

static gint by_place(gconstpointer a, gconstpointer b)
{
    return package_name_compare(((const Piece *)a)->name, ((const Piece *)b)->name);
}

void piece_set(GArray *pieces, const char *name, gconstpointer bytes, gsize length)
{
    Piece *found = find(pieces, name);
    if (!found) {
        Piece item = {g_strdup(name), g_byte_array_new()};
        g_array_append_val(pieces, item);
        g_array_sort(pieces, by_place);
        found = find(pieces, name);
    }
    g_byte_array_set_size(found->bytes, 0);
    g_byte_array_append(found->bytes, bytes, (guint)length);
}

void piece_drop(GArray *pieces, const char *name)
{
    Piece *found = piece(pieces, name);
    g_array_remove_index(pieces, (guint)(found - (Piece *)(gpointer)pieces->data));
}

static gboolean stream_write(gpointer data, gconstpointer bytes, gsize length, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)length);
    return TRUE;
}

static GByteArray *zipped(GArray *pieces)
{
    g_autoptr(GError) error = NULL;
    GByteArray *package = g_byte_array_new();
    ZipSink sink = {stream_write, NULL, package};
    g_autoptr(ZipWriter) zip = zip_writer_new(&sink);
    for (guint i = 0; i < pieces->len; i++) {
        const Piece *item = &g_array_index(pieces, Piece, i);
        g_autofree char *name = g_strconcat(BASE, item->name, NULL);
        g_assert_true(zip_writer_add(zip, name, item->bytes->data, item->bytes->len, &error));
    }
    g_assert_true(zip_writer_finish(zip, &error));
    return package;
}

static void set_text(GArray *pieces, const char *name, const char *text)
{
    if (find(pieces, name))
        piece_set(pieces, name, text, strlen(text));
}

/* bag-info.txt with the right Oxum, the payload manifest. */
static Hash order_payload(GArray *pieces)
{
    guint64 bytes = 0, count = 0;
    g_autoptr(GString) manifest = g_string_new(NULL);
    for (guint i = 0; i < pieces->len; i++) {
        const Piece *item = &g_array_index(pieces, Piece, i);
        if (!g_str_has_prefix(item->name, "data/"))
            continue;
        Hash hash = sha256(item->bytes->data, item->bytes->len);
        bag_manifest_line(manifest, &hash, item->name);
        bytes += item->bytes->len;
        count++;
    }
    Piece *info = find(pieces, "bag-info.txt");
    if (info) {
        g_autofree char *old = g_strndup((const char *)info->bytes->data, info->bytes->len);
        char *oxum = strstr(old, "Payload-Oxum");
        g_assert_nonnull(oxum);
        *oxum = '\0';
        g_autofree char *fresh =
            g_strdup_printf("%sPayload-Oxum: %" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT "\n", old, bytes, count);
        set_text(pieces, "bag-info.txt", fresh);
    }
    set_text(pieces, "manifest-sha256.txt", manifest->str);
    return sha256(manifest->str, manifest->len);
}

static void order_tags(GArray *pieces)
{
    static const char *const names[] = {"bag-info.txt", "bagit.txt", "manifest-sha256.txt", "package.note"};
    g_autoptr(GString) tags = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const Piece *item = find(pieces, names[i]);
        if (!item)
            continue;
        Hash hash = sha256(item->bytes->data, item->bytes->len);
        bag_manifest_line(tags, &hash, names[i]);
    }
    set_text(pieces, "tagmanifest-sha256.txt", tags->str);
}

GByteArray *pieces_join(GArray *pieces, const SigningKey *log)
{
    if (log) {
        Hash manifest = order_payload(pieces);
        g_autofree char *text = package_note_text(&manifest);
        g_autofree char *note = note_sign(text, SMALL_NODE "/package", log);
        set_text(pieces, "package.note", note);
        order_tags(pieces);
    }
    return zipped(pieces);
}

GByteArray *pieces_join_unsigned(GArray *pieces)
{
    (void)order_payload(pieces);
    order_tags(pieces);
    return zipped(pieces);
}

/* ---- changing one ---- */

const char *piece_text(GArray *pieces, const char *name)
{
    Piece *item = piece(pieces, name);
    g_byte_array_append(item->bytes, (const guint8 *)"", 1);
    g_byte_array_set_size(item->bytes, item->bytes->len - 1);
    return (const char *)item->bytes->data;
}

void piece_edit(GArray *pieces, const char *name, const char *from, const char *to)
{
    const char *text = piece_text(pieces, name);
    const char *at = strstr(text, from);
    g_assert_nonnull(at);
    g_autofree char *fresh = g_strdup_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    piece_set(pieces, name, fresh, strlen(fresh));
}

void piece_flip(GArray *pieces, const char *name, guint from_end)
{
    GByteArray *bytes = piece(pieces, name)->bytes;
    bytes->data[bytes->len - 1 - from_end] ^= 1;
}

GPtrArray *piece_lines(GArray *pieces, const char *name)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) parts = g_strsplit(piece_text(pieces, name), "\n", -1);
    for (guint i = 0; parts[i + 1]; i++)
        g_ptr_array_add(lines, g_strdup(parts[i]));
    return lines;
}

void piece_set_lines(GArray *pieces, const char *name, GPtrArray *lines)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (char *)g_ptr_array_index(lines, i));
    piece_set(pieces, name, text->str, text->len);
}

void piece_blank_line(GArray *pieces, const char *name, guint index)
{
    g_autoptr(GPtrArray) lines = piece_lines(pieces, name);
    g_free(lines->pdata[index]);
    lines->pdata[index] = g_strdup("");
    piece_set_lines(pieces, name, lines);
}

void piece_swap_lines(GArray *pieces, const char *name, guint a, guint b)
{
    g_autoptr(GPtrArray) lines = piece_lines(pieces, name);
    gpointer kept = lines->pdata[a];
    lines->pdata[a] = lines->pdata[b];
    lines->pdata[b] = kept;
    piece_set_lines(pieces, name, lines);
}

void piece_drop_line(GArray *pieces, const char *name, guint index)
{
    g_autoptr(GPtrArray) lines = piece_lines(pieces, name);
    g_ptr_array_remove_index(lines, index);
    piece_set_lines(pieces, name, lines);
}

void piece_other_digit(GArray *pieces, const char *name)
{
    guint8 *digit = &piece(pieces, name)->bytes->data[3];
    *digit = *digit == 'a' ? 'b' : 'a';
}

PackageReport *small_verify(const GByteArray *package, const ActTypes *types, const GPtrArray *trust)
{
    g_autoptr(GError) error = NULL;
    PackageReport *report = NULL;
    PackageVerifyOptions options = {.trust = trust, .types = types};
    int fd = file_of(package);
    gboolean done = package_verify(fd, &options, &report, &error);
    close(fd);
    g_assert_no_error(error);
    g_assert_true(done);
    package_keep(package, types, trust, report);
    return report;
}
