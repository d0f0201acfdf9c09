/* ledger/card.c: what a card is, its text, its signatures, its place in a chain. card_read.c reads one. */
#include "ledger/card.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/card_text.h"
#include <string.h>

const char *const card_key_words[4] = {"identity", "log", "witness", "tls"};

static void key_clear(gpointer item)
{
    g_bytes_unref(((CardKey *)item)->key);
}

static void cutoff_clear(gpointer item)
{
    CardCutoff *cutoff = item;
    g_free(cutoff->lane);
    g_free(cutoff->epoch);
}

Card *card_new(void)
{
    Card *self = g_new0(Card, 1);
    self->keys = g_array_new(FALSE, TRUE, sizeof(CardKey));
    g_array_set_clear_func(self->keys, key_clear);
    self->cutoffs = g_array_new(FALSE, TRUE, sizeof(CardCutoff));
    g_array_set_clear_func(self->cutoffs, cutoff_clear);
    return self;
}

void card_free(Card *self)
{
    if (!self)
        return;
    g_free(self->node);
    g_free(self->title);
    g_free(self->country);
    g_free(self->web);
    g_free(self->note);
    g_array_unref(self->keys);
    g_array_unref(self->cutoffs);
    g_free(self);
}

void card_add_key(Card *self, CardKeyKind kind, gconstpointer key, gsize length, gint64 from_ms, gint64 until_ms)
{
    CardKey item = {kind, g_bytes_new(key, length), from_ms, until_ms};
    g_array_append_val(self->keys, item);
}

void card_add_cutoff(Card *self, const char *lane, const char *epoch, guint64 size, const Hash *root)
{
    CardCutoff item = {g_strdup(lane), g_strdup(epoch), size, *root};
    g_array_append_val(self->cutoffs, item);
}

/* ---- writing ---- */

static void append_key(GString *text, const CardKey *key)
{
    char from[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE] = "-";
    g_autofree char *base64 = base64_encode(g_bytes_get_data(key->key, NULL), g_bytes_get_size(key->key));
    time_write(from, key->from_ms);
    if (key->until_ms != CARD_FOREVER)
        time_write(until, key->until_ms);
    g_string_append_printf(text, "%s %s %s %s\n", card_key_words[key->kind], base64, from, until);
}

char *card_text(const Card *self)
{
    char issued[TIME_TEXT_SIZE], previous[HASH_HEX_SIZE] = "-";
    time_write(issued, self->issued_ms);
    if (self->has_previous)
        hash_write(previous, &self->previous);
    GString *text = g_string_new(CARD_FIRST_LINE "\n");
    g_string_append_printf(text, "node %s\ntitle %s\ncountry %s\nnumber %" G_GUINT64_FORMAT "\n", self->node,
                           self->title, self->country, self->number);
    g_string_append_printf(text, "previous %s\nissued %s\nweb %s\n", previous, issued, self->web);
    for (guint i = 0; i < self->keys->len; i++)
        append_key(text, &g_array_index(self->keys, CardKey, i));
    for (guint i = 0; i < self->cutoffs->len; i++) {
        const CardCutoff *cutoff = &g_array_index(self->cutoffs, CardCutoff, i);
        char root[HASH_HEX_SIZE];
        hash_write(root, &cutoff->root);
        g_string_append_printf(text, "cutoff %s/%s %" G_GUINT64_FORMAT " %s\n", cutoff->lane, cutoff->epoch,
                               cutoff->size, root);
    }
    return g_string_free(text, FALSE);
}

char *card_sign(const Card *self, const SigningKey *const *keys, gsize count)
{
    g_autofree char *text = card_text(self);
    g_autofree char *name = g_strconcat(self->node, "/card", NULL);
    GString *note = g_string_new(text);
    for (gsize i = 0; i < count; i++) {
        g_autofree char *one = note_sign(text, name, keys[i]);
        /* The first note brings the empty line; of the others only the signature line is new. */
        g_string_append(note, one + strlen(text) + (i == 0 ? 0 : 1));
    }
    return g_string_free(note, FALSE);
}

/* ---- reading out ---- */

GPtrArray *card_keys(const Card *self, CardKeyKind kind, gint64 at_ms)
{
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    for (guint i = 0; i < self->keys->len; i++) {
        const CardKey *key = &g_array_index(self->keys, CardKey, i);
        if (key->kind != kind || (at_ms != G_MININT64 && (at_ms < key->from_ms || at_ms >= key->until_ms)))
            continue;
        g_ptr_array_add(found, g_bytes_ref(key->key));
    }
    return found;
}

const CardKey *card_key_find(const Card *self, CardKeyKind kind, gconstpointer key, gsize length)
{
    for (guint i = 0; i < self->keys->len; i++) {
        const CardKey *item = &g_array_index(self->keys, CardKey, i);
        if (item->kind == kind && g_bytes_get_size(item->key) == length &&
            memcmp(g_bytes_get_data(item->key, NULL), key, length) == 0)
            return item;
    }
    return NULL;
}

const CardCutoff *card_cutoff(const Card *self, const char *lane, const char *epoch)
{
    const CardCutoff *furthest = NULL;
    for (guint i = 0; i < self->cutoffs->len; i++) {
        const CardCutoff *cutoff = &g_array_index(self->cutoffs, CardCutoff, i);
        if (g_str_equal(cutoff->lane, lane) && g_str_equal(cutoff->epoch, epoch) &&
            (!furthest || cutoff->size > furthest->size))
            furthest = cutoff;
    }
    return furthest;
}

/* ---- signatures and chain ---- */

gboolean card_is_signed(const Card *self, GPtrArray *keys, GError **error)
{
    g_autofree char *name = g_strconcat(self->node, "/card", NULL);
    g_autoptr(GPtrArray) verifiers = g_ptr_array_new_with_free_func((GDestroyNotify)note_verifier_free);
    for (guint i = 0; i < keys->len; i++)
        g_ptr_array_add(verifiers, note_verifier_new(name, NOTE_ED25519, g_bytes_get_data(keys->pdata[i], NULL)));
    g_autoptr(Note) note = note_open(self->note, strlen(self->note), verifiers, error);
    return note != NULL;
}

static gboolean refuse(GError **error, const char *why)
{
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, why);
    return FALSE;
}

gboolean card_follows(const Card *self, const Card *previous, GError **error)
{
    if (!g_str_equal(self->node, previous->node))
        return refuse(error, "The card is of another node than the one before it.");
    if (self->number != previous->number + 1)
        return refuse(error, "The card's number does not follow the one before it.");
    if (!hash_equal(&self->previous, &previous->hash))
        return refuse(error, "The card does not name the card before it.");
    if (self->issued_ms < previous->issued_ms)
        return refuse(error, "The card was issued before the one that it follows.");
    g_autoptr(GPtrArray) keys = card_keys(previous, CARD_IDENTITY, self->issued_ms);
    return card_is_signed(self, keys, NULL)
               ? TRUE
               : refuse(error, "The card is not signed by an identity key of the card before it."); /* C2 */
}

gboolean card_signed_by(const Card *card, const Card *trusted)
{
    if (!g_str_equal(card->node, trusted->node))
        return FALSE;
    g_autoptr(GPtrArray) keys = card_keys(trusted, CARD_IDENTITY, G_MININT64);
    return card_is_signed(card, keys, NULL);
}
