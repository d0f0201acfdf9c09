/* tests/fuzz/card.c: a card's text, signed as it comes. Where it is a card, its fields say what the text says.
 * In the input, "@KEY@" stands for the key that signs it, so that a card can come about at all. */
#include "ledger/card.h"
#include "base/text.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* The name under which the card of this text is signed. */
static char *signer_of(const char *text)
{
    const char *line = strstr(text, "\nnode ");
    gsize length = line ? strspn(line + 6, "abcdefghijklmnopqrstuvwxyz0123456789.-") : 0;
    return length > 0 ? g_strdup_printf("%.*s/card", (int)length, line + 6) : g_strdup("a.test/card");
}

/* Without lines that are ignored, the fields make the text again. */
static void assert_same_fields(const Card *card)
{
    g_autofree char *again = card_text(card);
    for (const char *line = again; *line; line = strchr(line, '\n') + 1) {
        g_autofree char *one = g_strndup(line, (gsize)(strchr(line, '\n') - line) + 1);
        g_assert(strstr(card->note, one) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const guint8 seed[32] = {0x7a, 0x4c, 0x9e};
    g_autoptr(Card) raw = card_parse((const char *)bytes, length, NULL);
    g_assert(!raw || raw->note);
    g_autoptr(SigningKey) key = signing_key_from_seed(seed);
    g_autofree char *base64 = base64_encode(signing_key_public(key), ED25519_KEY_SIZE);
    g_autofree char *input = g_strndup((const char *)bytes, length);
    g_auto(GStrv) parts = g_strsplit(input, "@KEY@", -1);
    g_autofree char *text = g_strjoinv(base64, parts);
    if (!g_str_has_suffix(text, "\n"))
        return 0;
    g_autofree char *name = signer_of(text);
    g_autofree char *note = note_sign(text, name, key);
    g_autoptr(Card) card = card_parse(note, strlen(note), NULL);
    if (card)
        assert_same_fields(card);
    return 0;
}
