/* crypto/note.c: see note.h. Keys and the two kinds of verifier are in note_key.c. */
#include "crypto/note.h"
#include "base/error.h"
#include "base/reader.h"
#include "base/text.h"
#include "crypto/note_key.h"
#include <string.h>

#define SIGNATURE_MARK "\xe2\x80\x94 " /* em dash, space */

struct Note {
    char *text; /* with its final LF */
    gsize length;
    GArray *signatures; /* of NoteSignature */
};

static void clear_signature(gpointer signature)
{
    NoteSignature *self = signature;
    g_free(self->name);
    g_bytes_unref(self->bytes);
}

void note_free(Note *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_array_unref(self->signatures);
    g_free(self);
}

const char *note_text(const Note *self, gsize *length)
{
    if (length != NULL)
        *length = self->length;
    return self->text;
}

GArray *note_signatures(const Note *self)
{
    return self->signatures;
}

G_GNUC_PRINTF(2, 3) static gboolean refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "Not a signed note: %s.", reason);
    return FALSE;
}

/* What holds for the bytes as a whole. */
static gboolean check_bytes(const char *bytes, gsize length, GError **error)
{
    if (length > NOTE_LIMIT)
        return refuse(error, "it has %" G_GSIZE_FORMAT " bytes, at most %d are allowed", length, NOTE_LIMIT);
    if (length == 0 || bytes[length - 1] != '\n')
        return refuse(error, "it does not end with a line feed");
    if (!g_utf8_validate_len(bytes, length, NULL))
        return refuse(error, "it is not UTF-8");
    for (gsize n = 0; n < length; n++)
        if ((guint8)bytes[n] < 0x20 && bytes[n] != '\n')
            return refuse(error, "there is a control character at byte %" G_GSIZE_FORMAT, n);
    return TRUE;
}

/* One signature line without its LF: `— <name> <base64(key id || signature)>`. */
static gboolean parse_line(Note *self, const char *line, gsize length, GError **error)
{
    guint number = self->signatures->len + 1;
    Reader reader = reader_of(line, length);
    gsize name_length = 0;
    if (!reader_accept(&reader, SIGNATURE_MARK))
        return refuse(error, "signature line %u does not start with a dash and a space", number);
    const char *name = (const char *)reader_until(&reader, ' ', &name_length);
    if (name == NULL || !note_name_is_valid(name, name_length))
        return refuse(error, "signature line %u has no key name", number);
    g_autoptr(GBytes) all = base64_decode((const char *)reader.at, (gssize)reader_left(&reader));
    if (all == NULL || g_bytes_get_size(all) <= 4)
        return refuse(error, "signature line %u has no base64 signature", number);
    guint32 key_id;
    memcpy(&key_id, g_bytes_get_data(all, NULL), sizeof key_id);
    NoteSignature signature = {
        .name = g_strndup(name, name_length),
        .key_id = GUINT32_FROM_BE(key_id),
        .bytes = g_bytes_new_from_bytes(all, 4, g_bytes_get_size(all) - 4),
        .verified = FALSE,
        .time_s = 0,
    };
    g_array_append_val(self->signatures, signature);
    return TRUE;
}

Note *note_parse(const char *bytes, gsize length, GError **error)
{
    if (!check_bytes(bytes, length, error))
        return NULL;
    const char *split = g_strrstr_len(bytes, (gssize)length, "\n\n");
    if (split == NULL) {
        refuse(error, "no empty line parts text and signatures");
        return NULL;
    }
    g_autoptr(Note) self = g_new0(Note, 1);
    self->length = (gsize)(split + 1 - bytes);
    self->text = g_strndup(bytes, self->length);
    self->signatures = g_array_new(FALSE, FALSE, sizeof(NoteSignature));
    g_array_set_clear_func(self->signatures, clear_signature);
    Reader reader = reader_of(split + 2, length - self->length - 1);
    while (reader_left(&reader) > 0) {
        gsize line_length = 0;
        const char *line = (const char *)reader_until(&reader, '\n', &line_length);
        if (line == NULL || !parse_line(self, line, line_length, error))
            return NULL;
    }
    if (self->signatures->len == 0) {
        refuse(error, "it has no signature line");
        return NULL;
    }
    return g_steal_pointer(&self);
}

Note *note_open(const char *bytes, gsize length, GPtrArray *verifiers, GError **error)
{
    g_autoptr(Note) self = note_parse(bytes, length, error);
    if (self == NULL)
        return NULL;
    gboolean known = FALSE;
    for (guint s = 0; s < self->signatures->len; s++) {
        NoteSignature *signature = &g_array_index(self->signatures, NoteSignature, s);
        for (guint v = 0; v < verifiers->len; v++) {
            const NoteVerifier *verifier = g_ptr_array_index(verifiers, v);
            if (!note_verifier_knows(verifier, signature))
                continue;
            if (!note_verifier_check(verifier, self->text, self->length, signature)) { /* N1 */
                g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                            "The signature by “%s” is bad: the text was changed, or another key signed it.",
                            signature->name);
                return NULL;
            }
            known = signature->verified = TRUE;
        }
    }
    if (!known) { /* N1 */
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "No known key has signed this note.");
        return NULL;
    }
    return g_steal_pointer(&self);
}

/* One signature line, with its LF. */
static char *signature_line(const char *name, guint32 key_id, const guint8 *signature, gsize length)
{
    g_autoptr(GByteArray) all = g_byte_array_new();
    guint32 id = GUINT32_TO_BE(key_id);
    g_byte_array_append(all, (const guint8 *)&id, sizeof id);
    g_byte_array_append(all, signature, (guint)length);
    g_autofree char *encoded = base64_encode(all->data, all->len);
    return g_strdup_printf(SIGNATURE_MARK "%s %s\n", name, encoded);
}

char *note_sign(const char *text, const char *name, const SigningKey *key)
{
    g_return_val_if_fail(g_str_has_suffix(text, "\n") && note_name_is_valid(name, strlen(name)), NULL);
    guint8 signature[ED25519_SIGNATURE_SIZE];
    signing_key_sign(key, text, strlen(text), signature);
    guint32 key_id = note_key_id(name, NOTE_ED25519, signing_key_public(key));
    g_autofree char *line = signature_line(name, key_id, signature, sizeof signature);
    return g_strconcat(text, "\n", line, NULL);
}

char *note_cosign_line(const char *text, const char *name, const SigningKey *key, gint64 time_s)
{
    g_return_val_if_fail(g_str_has_suffix(text, "\n") && note_name_is_valid(name, strlen(name)) && time_s >= 0, NULL);
    guint8 signature[COSIGNATURE_SIZE];
    guint64 time = GUINT64_TO_BE((guint64)time_s);
    memcpy(signature, &time, sizeof time);
    g_autofree char *message = cosignature_message(text, strlen(text), time_s);
    signing_key_sign(key, message, strlen(message), signature + sizeof time);
    guint32 key_id = note_key_id(name, NOTE_COSIGNATURE, signing_key_public(key));
    return signature_line(name, key_id, signature, sizeof signature);
}
