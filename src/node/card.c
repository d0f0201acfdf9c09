/* node/card.c: the node's own cards: who it is and by which keys it is known, one after the other. */
#include "base/error.h"
#include "node/open.h"
#include <string.h>

static const Card *newest_card(Node *node)
{
    return node->cards->len ? g_ptr_array_index(node->cards, node->cards->len - 1) : NULL;
}

/* The keys that hold now; what an earlier card listed first keeps its beginning. */
static void add_key(Card *card, const Card *before, CardKeyKind kind, gconstpointer key, gsize length, gint64 now_ms)
{
    const CardKey *known = before ? card_key_find(before, kind, key, length) : NULL;
    card_add_key(card, kind, key, length, known ? known->from_ms : now_ms, CARD_FOREVER);
}

static Card *draft_card(Node *node, gint64 now_ms)
{
    const Card *before = newest_card(node);
    Card *card = card_new();
    card->node = g_strdup(node->config->name);
    card->title = g_strdup(node->config->title ? node->config->title : node->config->name);
    card->country = g_strdup(node->config->country);
    card->web = g_strdup(node->config->origin);
    card->number = before ? before->number + 1 : 1;
    card->has_previous = before != NULL;
    card->issued_ms = before ? MAX(now_ms, before->issued_ms) : now_ms;
    if (before)
        card->previous = before->hash;
    const Keyring *keys = node->keyring;
    GBytes *tls = keyring_tls_spki(keys);
    add_key(card, before, CARD_IDENTITY, keyring_identity_public(keys), ED25519_KEY_SIZE, card->issued_ms);
    add_key(card, before, CARD_LOG, signing_key_public(keyring_log(keys)), ED25519_KEY_SIZE, card->issued_ms);
    add_key(card, before, CARD_WITNESS, signing_key_public(keyring_witness(keys)), ED25519_KEY_SIZE, card->issued_ms);
    add_key(card, before, CARD_TLS, g_bytes_get_data(tls, NULL), g_bytes_get_size(tls), card->issued_ms);
    return card;
}

/* Taken over after the commit: a card that was rolled back never was. */
static void take_over(Node *node, gpointer data)
{
    Card *card = card_parse(data, strlen(data), NULL);
    g_mutex_lock(&node->card_lock);
    g_ptr_array_add(node->cards, card);
    g_mutex_unlock(&node->card_lock);
}

gboolean tx_issue_card(Tx *tx, GError **error)
{
    const SigningKey *identity = keyring_identity(tx->node->keyring);
    if (!identity) {
        error_set(error, COMITY_ERROR_UNSUPPORTED, "identity.absent", "",
                  "The identity key is not on this machine; bring it back to issue a new card.");
        return FALSE;
    }
    g_autoptr(Card) card = draft_card(tx->node, tx->now_ms);
    g_autofree char *note = card_sign(card, &identity, 1);
    g_autoptr(DbQuery) put =
        db_query(tx->db, "INSERT INTO card (number, note, issued) VALUES (:number, :note, :issued)");
    db_bind_integer(put, "number", (gint64)card->number);
    db_bind_text(put, "note", note);
    db_bind_integer(put, "issued", card->issued_ms);
    if (!db_run(put, error))
        return FALSE;
    tx_after_commit(tx, take_over, g_steal_pointer(&note), g_free);
    return TRUE;
}

gboolean node_load_cards(Node *self, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self->db, "SELECT number, note FROM card ORDER BY number");
    int row;
    while ((row = db_step(query, error)) > 0) {
        const char *note = db_text(query, 1);
        Card *card = card_parse(note, strlen(note), error);
        if (!card)
            return error_prefix(error, "reading the node's own card %" G_GINT64_FORMAT, db_integer(query, 0));
        g_ptr_array_add(self->cards, card);
    }
    return row == 0;
}

gboolean node_card_is_outdated(Node *self)
{
    const Card *card = newest_card(self);
    const NodeConfig *config = self->config;
    const char *title = config->title ? config->title : config->name;
    return !card || !g_str_equal(card->title, title) || !g_str_equal(card->country, config->country) ||
           !g_str_equal(card->web, config->origin);
}

char *node_card(Node *self)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->card_lock);
    const Card *card = newest_card(self);
    return g_strdup(card->note);
}

GPtrArray *node_card_notes(Node *self)
{
    GPtrArray *notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->card_lock);
    for (guint i = 0; i < self->cards->len; i++)
        g_ptr_array_add(notes, g_strdup(((const Card *)g_ptr_array_index(self->cards, i))->note));
    return notes;
}

GPtrArray *node_log_keys(Node *self)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->card_lock);
    for (guint i = 0; i < self->cards->len; i++) {
        g_autoptr(GPtrArray) listed = card_keys(g_ptr_array_index(self->cards, i), CARD_LOG, G_MININT64);
        for (guint k = 0; k < listed->len; k++)
            g_ptr_array_add(keys, g_bytes_ref(g_ptr_array_index(listed, k)));
    }
    return keys;
}
