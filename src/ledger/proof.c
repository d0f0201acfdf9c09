#include "ledger/proof.h"
#include "base/error.h"
#include "base/reader.h"
#include "base/text.h"
#include "ledger/merkle.h"
#include <string.h>

#define FIRST_LINE "c2sp.org/tlog-proof@v1\n"

void proof_free(Proof *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->hashes, g_array_unref);
    g_clear_pointer(&self->extra, g_bytes_unref);
    g_free(self->note);
    g_free(self);
}

char *proof_hashes_text(const GArray *hashes)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < hashes->len; i++) {
        g_autofree char *base64 = base64_encode(g_array_index(hashes, Hash, i).bytes, HASH_SIZE);
        g_string_append_printf(text, "%s\n", base64);
    }
    return g_string_free(text, FALSE);
}

GArray *proof_hashes_parse(const char *bytes, gsize length)
{
    Reader reader = reader_of(bytes, length);
    g_autoptr(GArray) hashes = g_array_new(FALSE, FALSE, sizeof(Hash));
    while (reader_left(&reader) > 0) {
        gsize line_length = 0;
        const guint8 *line = reader_until(&reader, '\n', &line_length);
        g_autoptr(GBytes) hash = line ? base64_decode((const char *)line, (gssize)line_length) : NULL;
        if (!hash || g_bytes_get_size(hash) != HASH_SIZE || hashes->len == 2 * MERKLE_LEVELS)
            return NULL;
        g_array_append_vals(hashes, g_bytes_get_data(hash, NULL), 1);
    }
    return g_steal_pointer(&hashes);
}

char *proof_text(guint64 index, const GArray *hashes, const char *note)
{
    g_autofree char *path = proof_hashes_text(hashes);
    return g_strdup_printf(FIRST_LINE "index %" G_GUINT64_FORMAT "\n%s\n%s", index, path, note);
}

static gboolean refuse(GError **error, const char *why)
{
    error_set(error, COMITY_ERROR_INVALID, "proof.malformed", "", "This is no proof: %s.", why);
    return FALSE;
}

static gboolean read_extra(Reader *reader, Proof *proof, GError **error)
{
    gsize length = 0;
    if (!reader_accept(reader, "extra "))
        return TRUE;
    const guint8 *line = reader_until(reader, '\n', &length);
    proof->extra = line ? base64_decode((const char *)line, (gssize)length) : NULL;
    return proof->extra ? TRUE : refuse(error, "its extra data is not base64");
}

/* Zero or more hashes, one a line, and the empty line that ends them. */
static gboolean read_hashes(Reader *reader, Proof *proof, GError **error)
{
    for (;;) {
        gsize length = 0;
        const guint8 *line = reader_until(reader, '\n', &length);
        if (!line)
            return refuse(error, "it ends before the checkpoint");
        if (length == 0)
            return TRUE;
        if (proof->hashes->len == MERKLE_LEVELS)
            return refuse(error, "it has more hashes than any log has levels");
        g_autoptr(GBytes) hash = base64_decode((const char *)line, (gssize)length);
        if (!hash || g_bytes_get_size(hash) != HASH_SIZE)
            return refuse(error, "a line of it is not the base64 of 32 bytes");
        g_array_append_vals(proof->hashes, g_bytes_get_data(hash, NULL), 1);
    }
}

Proof *proof_parse(const char *bytes, gsize length, GError **error)
{
    Reader reader = reader_of(bytes, length);
    g_autoptr(Proof) self = g_new0(Proof, 1);
    self->hashes = g_array_new(FALSE, FALSE, sizeof(Hash));
    if (length > PROOF_LIMIT) {
        refuse(error, "it is longer than any proof");
        return NULL;
    }
    if (!reader_expect(&reader, FIRST_LINE)) {
        refuse(error, "its first line is not c2sp.org/tlog-proof@v1");
        return NULL;
    }
    if (!read_extra(&reader, self, error))
        return NULL;
    reader_expect(&reader, "index ");
    self->index = reader_decimal(&reader);
    if (!reader_expect(&reader, "\n")) {
        refuse(error, "it does not say which record it is for");
        return NULL;
    }
    if (!read_hashes(&reader, self, error))
        return NULL;
    self->note_length = reader_left(&reader);
    self->note = g_strndup((const char *)reader.at, self->note_length);
    return g_steal_pointer(&self);
}

Checkpoint *proof_verify(const Proof *proof, const Hash *leaf, const char *origin, GPtrArray *log, GPtrArray *cosigners,
                         GArray **cosigned, GError **error)
{
    g_autoptr(GArray) witnesses = NULL;
    g_autoptr(Checkpoint) checkpoint =
        checkpoint_open(proof->note, proof->note_length, origin, log, cosigners, NULL, &witnesses, error);
    if (!checkpoint)
        return NULL;
    if (!merkle_verify_inclusion(leaf, proof->index, checkpoint->size, (const Hash *)(gpointer)proof->hashes->data,
                                 proof->hashes->len, &checkpoint->root, error))
        return NULL;
    if (cosigned)
        *cosigned = g_steal_pointer(&witnesses);
    return g_steal_pointer(&checkpoint);
}
