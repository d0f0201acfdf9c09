#include "cli/inspect.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/chunked.h"
#include "ledger/card.h"
#include "ledger/checkpoint.h"
#include "ledger/proof.h"
#include "ledger/record.h"
#include "ledger/zip_read.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define SMALL (256 * 1024) /* everything of ours but packages and blobs is smaller */

typedef json_t *(*FormatReader)(const char *bytes, gsize length);

static json_t *hash_json(const Hash *hash)
{
    char text[HASH_HEX_SIZE];
    hash_write(text, hash);
    return json_string(text);
}

static json_t *time_json(gint64 unix_ms)
{
    if (unix_ms == CARD_FOREVER)
        return json_null();
    g_autofree char *text = time_text(unix_ms);
    return json_string(text);
}

static json_t *signatures_json(const char *note)
{
    json_t *list = json_array();
    g_autoptr(Note) parsed = note_parse(note, strlen(note), NULL);
    const GArray *signatures = parsed ? note_signatures(parsed) : NULL;
    for (guint n = 0; signatures && n < signatures->len; n++) {
        const NoteSignature *signature = &g_array_index(signatures, NoteSignature, n);
        json_array_append_new(list, json_pack("{s:s, s:o, s:I}", "name", signature->name, "key_id",
                                              json_sprintf("%08x", signature->key_id), "bytes",
                                              (json_int_t)g_bytes_get_size(signature->bytes)));
    }
    return list;
}

static json_t *read_card(const char *bytes, gsize length)
{
    static const char *const kinds[] = {"identity", "log", "witness", "tls"};
    g_autoptr(Card) card = card_parse(bytes, length, NULL);
    if (!card)
        return NULL;
    json_t *keys = json_array();
    for (guint n = 0; n < card->keys->len; n++) {
        const CardKey *key = &g_array_index(card->keys, CardKey, n);
        gsize size = 0;
        const guint8 *raw = g_bytes_get_data(key->key, &size);
        g_autofree char *text = base64_encode(raw, size);
        json_array_append_new(keys, json_pack("{s:s, s:s, s:o, s:o}", "use", kinds[key->kind], "key", text, "from",
                                              time_json(key->from_ms), "until", time_json(key->until_ms)));
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:s, s:o, s:o}", "kind", "card", "node", card->node, "title",
                     card->title, "country", card->country, "number", (json_int_t)card->number, "previous",
                     card->has_previous ? hash_json(&card->previous) : json_null(), "issued",
                     time_json(card->issued_ms), "web", card->web, "keys", keys, "text_sha256", hash_json(&card->hash));
}

static json_t *checkpoint_fields(const char *note, gsize length)
{
    g_autoptr(Note) parsed = note_parse(note, length, NULL);
    gsize text_length = 0;
    const char *text = parsed ? note_text(parsed, &text_length) : NULL;
    g_autoptr(Checkpoint) checkpoint = text ? checkpoint_parse(text, text_length, NULL) : NULL;
    if (!checkpoint)
        return NULL;
    g_autofree char *whole = g_strndup(note, length);
    return json_pack("{s:s, s:s, s:I, s:o, s:o}", "kind", "checkpoint", "origin", checkpoint->origin, "size",
                     (json_int_t)checkpoint->size, "root", hash_json(&checkpoint->root), "signatures",
                     signatures_json(whole));
}

static json_t *read_proof(const char *bytes, gsize length)
{
    g_autoptr(Proof) proof = proof_parse(bytes, length, NULL);
    if (!proof)
        return NULL;
    json_t *hashes = json_array();
    for (guint n = 0; n < proof->hashes->len; n++)
        json_array_append_new(hashes, hash_json(&g_array_index(proof->hashes, Hash, n)));
    json_t *checkpoint = checkpoint_fields(proof->note, proof->note_length);
    return json_pack("{s:s, s:I, s:o, s:o}", "kind", "tlog-proof", "index", (json_int_t)proof->index, "hashes", hashes,
                     "checkpoint", checkpoint ? checkpoint : json_null());
}

static json_t *read_header(const char *bytes, gsize length)
{
    while (length > 0 && bytes[length - 1] == '\n')
        length--;
    Header header;
    const char *reason = NULL;
    if (!header_scan(bytes, length, &header, &reason))
        return NULL;
    json_t *fields = json_loadb(bytes, length, 0, NULL);
    Hash leaf = sha256_prefixed(0, bytes, length, NULL, 0);
    return json_pack("{s:s, s:o, s:o}", "kind", "header", "leaf", hash_json(&leaf), "fields", fields);
}

static json_t *read_json(const char *bytes, gsize length)
{
    while (length > 0 && bytes[length - 1] == '\n')
        length--;
    g_autoptr(json_t) object = json_strict_parse(bytes, length, ACT_LIMIT, NULL);
    if (!object)
        return NULL;
    Hash hash = sha256(bytes, length);
    const char *kind = json_text(object, "type") && json_text(object, "salt")                ? "act"
                       : json_text(object, "credential") && json_text(object, "client_data") ? "confirmation"
                                                                                             : "json";
    return json_pack("{s:s, s:o, s:O}", "kind", kind, "sha256", hash_json(&hash), "fields", object);
}

/* What is wrong with a ZIP is for `verify` to say. */
static void overlook(gpointer data, const char *code, guint64 byte, const char *entry, const char *why)
{
    (void)data;
    (void)code;
    (void)byte;
    (void)entry;
    (void)why;
}

static json_t *read_zip(const char *path)
{
    g_auto(FileDescriptor) fd = open(path, O_RDONLY | O_CLOEXEC);
    g_autoptr(ZipFile) zip = fd < 0 ? NULL : zip_file_open(fd, overlook, NULL, NULL);
    if (!zip || zip_file_entries(zip)->len == 0)
        return NULL;
    json_t *files = json_array();
    for (guint n = 0; n < zip_file_entries(zip)->len; n++) {
        const ZipEntry *entry = &g_array_index(zip_file_entries(zip), ZipEntry, n);
        json_array_append_new(files, json_pack("{s:s, s:I}", "name", entry->name, "size", (json_int_t)entry->size));
    }
    return json_pack("{s:s, s:o}", "kind", "package", "files", files);
}

/* A blob has no mark: its length must be possible, and nothing else can be said without its key. */
static json_t *read_blob(guint64 size)
{
    gint64 plain = chunked_plain_size((gint64)size);
    if (plain < 0)
        return json_pack("{s:s, s:I}", "kind", "unknown", "bytes", (json_int_t)size);
    return json_pack("{s:s, s:I, s:I, s:I}", "kind", "blob", "bytes", (json_int_t)size, "plain_bytes",
                     (json_int_t)plain, "chunks", (json_int_t)(plain / CHUNK_PLAIN + 1));
}

static guint64 size_of(const char *path, GError **error)
{
    GStatBuf info;
    if (g_stat(path, &info) == 0 && S_ISREG(info.st_mode))
        return (guint64)info.st_size;
    error_set_errno(error, "opening “%s”", path);
    return G_MAXUINT64;
}

json_t *inspect_file(const char *path, GError **error)
{
    static const FormatReader readers[] = {read_card, read_proof, checkpoint_fields, read_header, read_json};
    guint64 size = size_of(path, error);
    if (size == G_MAXUINT64)
        return NULL;
    g_autoptr(GBytes) bytes = size <= SMALL ? file_read(path, SMALL, error) : NULL;
    if (size <= SMALL && !bytes)
        return NULL;
    gsize length = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    for (gsize n = 0; text && n < G_N_ELEMENTS(readers); n++) {
        json_t *found = readers[n](text, length);
        if (found)
            return found;
    }
    json_t *zip = read_zip(path);
    return zip ? zip : read_blob(size);
}

/* Nobody has vouched for what stands in a file that is looked into. */
static char *value_text(const json_t *value)
{
    return json_is_string(value) ? text_printable(json_string_value(value), "")
                                 : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
}

static void write_text(GString *out, const json_t *value, guint depth)
{
    const char *key;
    json_t *member;
    gsize n;
    json_object_foreach((json_t *)value, key, member)
    {
        g_autofree char *name = text_printable(key, "");
        g_string_append_printf(out, "%*s%s:", (int)(depth * 2), "", name);
        if (json_is_object(member) || (json_is_array(member) && json_array_size(member) > 0)) {
            g_string_append_c(out, '\n');
            write_text(out, member, depth + 1);
        } else {
            g_autofree char *text = value_text(member);
            g_string_append_printf(out, " %s\n", text);
        }
    }
    json_array_foreach((json_t *)value, n, member)
    {
        if (json_is_object(member)) {
            g_string_append_printf(out, "%*s- %" G_GSIZE_FORMAT "\n", (int)(depth * 2), "", n + 1);
            write_text(out, member, depth + 1);
        } else {
            g_autofree char *text = value_text(member);
            g_string_append_printf(out, "%*s- %s\n", (int)(depth * 2), "", text);
        }
    }
}

char *inspect_text(const json_t *found)
{
    GString *out = g_string_new(NULL);
    write_text(out, found, 0);
    return g_string_free(out, FALSE);
}
