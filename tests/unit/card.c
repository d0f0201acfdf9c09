/* tests/unit/card.c: a node is known by its card. It changes its keys, and who has an old card still follows it; who
 * takes its name can't. */
#include "ledger/card.h"
#include "base/error.h"
#include "base/text.h"
#include <string.h>

#define DAY_MS G_GINT64_CONSTANT(86400000)
#define START_MS G_GINT64_CONSTANT(1795000000000)

static SigningKey *key_of(guint8 seed)
{
    guint8 bytes[32];
    memset(bytes, seed, sizeof bytes);
    return signing_key_from_seed(bytes);
}

static void add(Card *card, CardKeyKind kind, const SigningKey *key, gint64 from_ms, gint64 until_ms)
{
    card_add_key(card, kind, signing_key_public(key), ED25519_KEY_SIZE, from_ms, until_ms);
}

static Card *draft(guint64 number, const Card *previous)
{
    Card *card = card_new();
    card->node = g_strdup("alva.test");
    card->title = g_strdup("Prosecution Service of Alvaria, \xd9\x86\xd9\x8a\xd8\xa7\xd8\xa8\xd8\xa9");
    card->country = g_strdup("XA");
    card->number = number;
    card->has_previous = previous != NULL;
    if (previous)
        card->previous = previous->hash;
    card->issued_ms = START_MS + (gint64)number * DAY_MS;
    card->web = g_strdup("https://alva.test:8443");
    return card;
}

/* Signed by @a, and by @b where there is one; read again. */
static Card *issued(const Card *card, const SigningKey *a, const SigningKey *b)
{
    g_autoptr(GError) error = NULL;
    const SigningKey *keys[] = {a, b};
    g_autofree char *note = card_sign(card, keys, b ? 2 : 1);
    Card *read = card_parse(note, strlen(note), &error);
    g_assert_no_error(error);
    return read;
}

static Card *first_card(const SigningKey *identity)
{
    g_autoptr(SigningKey) log = key_of(20), witness = key_of(30);
    g_autoptr(Card) card = draft(1, NULL);
    add(card, CARD_IDENTITY, identity, START_MS, CARD_FOREVER);
    add(card, CARD_LOG, log, START_MS, CARD_FOREVER);
    add(card, CARD_WITNESS, witness, START_MS, CARD_FOREVER);
    card_add_key(card, CARD_TLS, "spki", 4, START_MS, START_MS + DAY_MS);
    return issued(card, identity, NULL);
}

static void what_is_written_is_read(void)
{
    g_autoptr(SigningKey) identity = key_of(1);
    g_autoptr(Card) card = first_card(identity);
    g_assert_cmpstr(card->node, ==, "alva.test");
    g_assert_cmpstr(card->web, ==, "https://alva.test:8443");
    g_assert_cmpuint(card->keys->len, ==, 4);
    g_autofree char *text = card_text(card);
    Hash hash = sha256(text, strlen(text));
    g_assert_true(hash_equal(&hash, &card->hash));
    g_assert_true(g_str_has_prefix(card->note, "comity/card/v1\nnode alva.test\ntitle Prosecution"));
}

static void keys_hold_for_a_time(void)
{
    g_autoptr(SigningKey) identity = key_of(1);
    g_autoptr(Card) card = first_card(identity);
    g_autoptr(GPtrArray) before = card_keys(card, CARD_TLS, START_MS - 1), then = card_keys(card, CARD_TLS, START_MS);
    g_autoptr(GPtrArray) after = card_keys(card, CARD_TLS, START_MS + DAY_MS),
                         ever = card_keys(card, CARD_TLS, G_MININT64);
    g_assert_cmpuint(before->len, ==, 0);
    g_assert_cmpuint(then->len, ==, 1);
    g_assert_cmpuint(after->len, ==, 0);
    g_assert_cmpuint(ever->len, ==, 1);
    g_assert_nonnull(card_key_find(card, CARD_TLS, "spki", 4));
    g_assert_null(card_key_find(card, CARD_LOG, "spki", 4));
}

static void a_chain_of_cards(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SigningKey) old = key_of(1), new = key_of(2), log = key_of(21);
    g_autoptr(Card) first = first_card(old);
    g_autoptr(Card) next = draft(2, first);
    add(next, CARD_IDENTITY, old, START_MS, START_MS + 5 * DAY_MS);
    add(next, CARD_IDENTITY, new, START_MS + 2 * DAY_MS, CARD_FOREVER);
    add(next, CARD_LOG, log, START_MS, CARD_FOREVER);
    g_autoptr(Card) second = issued(next, old, new);
    g_assert_true(card_follows(second, first, &error));
    g_assert_no_error(error);

    g_autoptr(Card) third_draft = draft(3, second);
    add(third_draft, CARD_IDENTITY, new, START_MS + 2 * DAY_MS, CARD_FOREVER);
    g_autoptr(Card) third = issued(third_draft, new, NULL);
    g_assert_true(card_follows(third, second, &error));
    g_assert_true(card_signed_by(first, second)); /* the second lists the key that signed the first */
    g_assert_false(card_signed_by(first, third));
}

static void who_takes_the_name_cannot_go_on(void)
{
    g_autoptr(SigningKey) identity = key_of(1), thief = key_of(9);
    g_autoptr(Card) first = first_card(identity);
    static const char *const ways[] = {"another key", "a number too far", "another previous", "issued earlier",
                                       "another node"};
    for (gsize way = 0; way < G_N_ELEMENTS(ways); way++) {
        g_autoptr(GError) error = NULL;
        const SigningKey *signer = way == 0 ? thief : identity;
        g_autoptr(Card) next = draft(way == 1 ? 3 : 2, first);
        if (way == 2)
            next->previous.bytes[0] ^= 1;
        if (way == 3)
            next->issued_ms = START_MS;
        if (way == 4) {
            g_free(next->node);
            next->node = g_strdup("bren.test");
        }
        add(next, CARD_IDENTITY, signer, START_MS, CARD_FOREVER);
        g_autoptr(Card) second = issued(next, signer, NULL);
        g_assert_false(card_follows(second, first, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    }
}

static void a_key_that_ended_signs_no_card(void)
{
    g_autoptr(SigningKey) old = key_of(1), new = key_of(2);
    g_autoptr(Card) first_draft = draft(1, NULL);
    add(first_draft, CARD_IDENTITY, old, START_MS, START_MS + DAY_MS);
    g_autoptr(Card) first = issued(first_draft, old, NULL);
    g_autoptr(Card) next = draft(2, first); /* issued two days later */
    add(next, CARD_IDENTITY, new, START_MS, CARD_FOREVER);
    add(next, CARD_IDENTITY, old, START_MS, START_MS + DAY_MS);
    g_autoptr(Card) second = issued(next, old, new);
    g_assert_false(card_follows(second, first, NULL));
}

static void cutoffs(void)
{
    static const char lane[] = "a3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846";
    g_autoptr(SigningKey) identity = key_of(1);
    g_autoptr(Card) card = draft(1, NULL);
    add(card, CARD_IDENTITY, identity, START_MS, CARD_FOREVER);
    Hash root = sha256("x", 1);
    card_add_cutoff(card, lane, "0123456789abcdef", 12, &root);
    card_add_cutoff(card, lane, "0123456789abcdef", 14, &root);
    g_autoptr(Card) read = issued(card, identity, NULL);
    g_assert_cmpuint(read->cutoffs->len, ==, 2);
    g_assert_cmpuint(card_cutoff(read, lane, "0123456789abcdef")->size, ==, 14);
    g_assert_null(card_cutoff(read, lane, "fedcba9876543210"));
}

/* ---- texts ---- */

#define KEY "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
#define HEAD                                                                                                           \
    "comity/card/v1\nnode a.test\ntitle T\ncountry XA\nnumber 1\nprevious -\nissued 2026-11-24T10:00:00.000Z\nweb "    \
    "https://a.test\n"
#define TAIL "identity %s 2026-11-24T10:00:00.000Z -\n"
#define LANE "a3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846"

/* Reads @text, in which %s stands for the key that signs it. */
static Card *read_text(const char *text, GError **error)
{
    g_autoptr(SigningKey) identity = key_of(1);
    g_autofree char *base64 = base64_encode(signing_key_public(identity), ED25519_KEY_SIZE);
    g_auto(GStrv) parts = g_strsplit(text, "%s", -1);
    g_autofree char *filled = g_strjoinv(base64, parts);
    g_autofree char *note = note_sign(filled, "a.test/card", identity);
    return card_parse(note, strlen(note), error);
}

static void lines_of_later_are_ignored(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Card) card =
        read_text(HEAD "phone 112\n" TAIL "seal red\ncutoff " LANE "/0123456789abcdef 3 " LANE "\nend\n", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(card->keys->len, ==, 1);
    g_assert_cmpuint(card->cutoffs->len, ==, 1);
    g_assert_nonnull(strstr(card->note, "\nphone 112\n"));
}

static void texts_that_are_refused(void)
{
    static const char *const texts[] = {
        "comity/card/v2\n",
        "comity/card/v1\nnode A.test\ntitle T\ncountry XA\nnumber 1\nprevious -\nissued 2026-11-24T10:00:00.000Z\nweb "
        "https://a.test\n" TAIL,
        "comity/card/v1\nnode a.test\ncountry XA\ntitle T\nnumber 1\nprevious -\nissued 2026-11-24T10:00:00.000Z\nweb "
        "https://a.test\n" TAIL,
        "comity/card/v1\nnode a.test\ntitle T\ncountry Xa\nnumber 1\nprevious -\nissued 2026-11-24T10:00:00.000Z\nweb "
        "https://a.test\n" TAIL,
        "comity/card/v1\nnode a.test\ntitle T\ncountry XA\nnumber 0\nprevious -\nissued 2026-11-24T10:00:00.000Z\nweb "
        "https://a.test\n" TAIL,
        "comity/card/v1\nnode a.test\ntitle T\ncountry XA\nnumber 2\nprevious -\nissued 2026-11-24T10:00:00.000Z\nweb "
        "https://a.test\n" TAIL,
        "comity/card/v1\nnode a.test\ntitle T\ncountry XA\nnumber 1\nprevious " LANE
        "\nissued 2026-11-24T10:00:00.000Z\nweb https://a.test\n" TAIL,
        "comity/card/v1\nnode a.test\ntitle T\ncountry XA\nnumber 1\nprevious -\nissued 2026-11-24T10:00:00Z\nweb "
        "https://a.test\n" TAIL,
        "comity/card/v1\nnode a.test\ntitle T\ncountry XA\nnumber 1\nprevious -\nissued 2026-11-24T10:00:00.000Z\nweb "
        "ftp://a.test\n" TAIL,
        HEAD "log %s 2026-11-24T10:00:00.000Z -\n", /* no identity that could have signed it */
        HEAD TAIL TAIL,
        HEAD TAIL "log AAAA 2026-11-24T10:00:00.000Z -\n",
        HEAD TAIL "log " KEY " 2026-11-24T10:00:00.000Z\n",
        HEAD TAIL "log " KEY " 2026-11-24T10:00:00.000Z 2026-11-23T10:00:00.000Z\n",
        HEAD TAIL "tls  2026-11-24T10:00:00.000Z -\n",
        HEAD TAIL "cutoff " LANE " 3 " LANE "\n",
        HEAD TAIL "cutoff " LANE "/0123456789abcdef 03 " LANE "\n",
        HEAD TAIL "cutoff " LANE "/0123456789abcdef 3 " LANE "\nlog " KEY " 2026-11-24T10:00:00.000Z -\n",
        HEAD TAIL "\nmore\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Card) card = read_text(texts[i], &error);
        if (card)
            g_error("a card was read that is none: %s", texts[i]);
        g_assert_nonnull(error);
    }
}

static void every_changed_byte_is_refused(void)
{
    g_autoptr(SigningKey) identity = key_of(1);
    g_autoptr(Card) card = first_card(identity);
    gsize length = strlen(card->note);
    for (gsize at = 0; at < length; at++) {
        g_autofree char *copy = g_strdup(card->note);
        copy[at] ^= 1;
        g_assert_null(card_parse(copy, length, NULL));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/card/what-is-written-is-read", what_is_written_is_read);
    g_test_add_func("/card/keys-hold-for-a-time", keys_hold_for_a_time);
    g_test_add_func("/card/a-chain-of-cards", a_chain_of_cards);
    g_test_add_func("/card/who-takes-the-name-cannot-go-on", who_takes_the_name_cannot_go_on);
    g_test_add_func("/card/a-key-that-ended-signs-no-card", a_key_that_ended_signs_no_card);
    g_test_add_func("/card/cutoffs", cutoffs);
    g_test_add_func("/card/lines-of-later-are-ignored", lines_of_later_are_ignored);
    g_test_add_func("/card/texts-that-are-refused", texts_that_are_refused);
    g_test_add_func("/card/every-changed-byte-is-refused", every_changed_byte_is_refused);
    return g_test_run();
}
