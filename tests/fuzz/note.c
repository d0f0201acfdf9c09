/* tests/fuzz/note.c: a note comes apart without reading past its bytes, and goes together again to the same bytes. */
#include "crypto/note.h"
#include "base/text.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* @note as it must have been written: one value has one spelling. */
static GString *write_again(const Note *note)
{
    gsize length = 0;
    const char *text = note_text(note, &length);
    GString *out = g_string_new_len(text, (gssize)length);
    g_string_append_c(out, '\n');
    for (guint n = 0; n < note_signatures(note)->len; n++) {
        const NoteSignature *signature = &g_array_index(note_signatures(note), NoteSignature, n);
        g_autoptr(GByteArray) all = g_byte_array_new();
        guint32 id = GUINT32_TO_BE(signature->key_id);
        g_byte_array_append(all, (const guint8 *)&id, sizeof id);
        g_byte_array_append(all, g_bytes_get_data(signature->bytes, NULL), (guint)g_bytes_get_size(signature->bytes));
        g_autofree char *encoded = base64_encode(all->data, all->len);
        g_string_append_printf(out, "— %s %s\n", signature->name, encoded);
    }
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autoptr(Note) note = note_parse((const char *)bytes, length, NULL);
    if (note != NULL) {
        g_autoptr(GString) again = write_again(note);
        g_assert(again->len == length && memcmp(again->str, bytes, length) == 0);
    }
    static const guint8 key[ED25519_KEY_SIZE] = {0x7a, 0x4c, 0x9e};
    g_autoptr(GPtrArray) verifiers = g_ptr_array_new_with_free_func((GDestroyNotify)note_verifier_free);
    g_ptr_array_add(verifiers, note_verifier_new("a.test/x", NOTE_ED25519, key));
    g_ptr_array_add(verifiers, note_verifier_new("b.test/y", NOTE_COSIGNATURE, key));
    g_autoptr(Note) opened G_GNUC_UNUSED = note_open((const char *)bytes, length, verifiers, NULL);
    g_autofree char *text = g_strndup((const char *)bytes, length);
    g_autoptr(NoteVerifier) verifier = note_verifier_parse(text, NULL);
    if (verifier != NULL) {
        g_autofree char *vkey = note_verifier_text(verifier);
        g_assert(g_str_equal(vkey, text));
    }
    return 0;
}
