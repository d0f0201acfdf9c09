/* ledger/package_verify_cards.c: who the nodes are, by the cards in the package and those that the verifier was given.
 */
#include "ledger/package_check.h"
#include <string.h>

void check_node_free(gpointer item)
{
    CheckNode *self = item;
    g_free(self->name);
    g_ptr_array_unref(self->cards);
    g_free(self);
}

CheckNode *check_node(const PackageCheck *self, const char *name)
{
    for (guint i = 0; i < self->nodes->len; i++) {
        CheckNode *node = g_ptr_array_index(self->nodes, i);
        if (g_str_equal(node->name, name))
            return node;
    }
    return NULL;
}

static const Card *newest(const CheckNode *node)
{
    return node->cards->len > 0 ? g_ptr_array_index(node->cards, node->cards->len - 1) : NULL;
}

/* ---- the package's cards ---- */

static void refuse(PackageCheck *self, const CheckFile *file, const char *code, const GError *error)
{
    g_autofree char *why = g_strdup_printf("is no card that holds: %s", error->message);
    check_damage_file(self, PHASE_CARDS, code, file->name, why);
}

/* Takes one card file into its node's chain; files come node by node, but not number by number. */
static void take_card(PackageCheck *self, const CheckFile *file)
{
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    const char *bytes = check_bytes(self, file, &length);
    g_autoptr(Card) card = card_parse(bytes, length, &error);
    if (!card) {
        gboolean spelled = g_error_matches(error, COMITY_ERROR, COMITY_ERROR_INVALID);
        refuse(self, file, spelled ? "card.malformed" : "card.signature", error);
        return;
    }
    if (!g_str_equal(card->node, file->what.node) || card->number != file->what.number) {
        check_damage_file(self, PHASE_CARDS, "card.name", file->name, "holds another card than its name says");
        return;
    }
    CheckNode *node = check_node(self, card->node);
    if (!node) {
        node = g_new0(CheckNode, 1);
        node->name = g_strdup(card->node);
        node->cards = g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
        g_ptr_array_add(self->nodes, node);
    }
    self->report->signatures++;
    g_ptr_array_add(node->cards, g_steal_pointer(&card));
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    const Card *left = *(const Card *const *)a, *right = *(const Card *const *)b;
    return left->number < right->number ? -1 : left->number > right->number;
}

static gint by_node(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const CheckNode *const *)a)->name, (*(const CheckNode *const *)b)->name);
}

/* Each card must follow the one before; those after a broken link don't count. */
static void check_chain(PackageCheck *self, CheckNode *node)
{
    g_ptr_array_sort(node->cards, by_number);
    for (guint i = 1; i < node->cards->len; i++) {
        g_autoptr(GError) error = NULL;
        const Card *card = g_ptr_array_index(node->cards, i);
        if (card_follows(card, g_ptr_array_index(node->cards, i - 1), &error))
            continue;
        PackageName name = {.kind = PACKAGE_CARD, .number = card->number};
        g_strlcpy(name.node, node->name, sizeof name.node);
        g_autofree char *file = package_name_text(&name);
        g_autofree char *why = g_strdup_printf("does not follow the card before it: %s", error->message);
        check_damage_file(self, PHASE_CARDS, "card.chain", file, why);
        g_ptr_array_set_size(node->cards, (gint)i);
        return;
    }
}

/* ---- trust ---- */

/* Does @trusted vouch for the node's cards here? */
static gboolean leads_here(const Card *trusted, const CheckNode *node)
{
    const Card *first = g_ptr_array_index(node->cards, 0), *last = newest(node);
    if (!g_str_equal(trusted->node, node->name))
        return FALSE;
    if (trusted->number < first->number)
        return card_follows(first, trusted, NULL);
    if (trusted->number > last->number)
        return card_signed_by(last, trusted);
    const Card *same = g_ptr_array_index(node->cards, (guint)(trusted->number - first->number));
    return hash_equal(&same->hash, &trusted->hash);
}

static void settle_trust(PackageCheck *self, CheckNode *node)
{
    const GPtrArray *given = self->options->trust;
    node->card = newest(node);
    node->trust = given && given->len > 0 ? TRUST_NO : TRUST_NOT_ASKED;
    for (guint i = 0; given && i < given->len; i++) {
        const Card *trusted = g_ptr_array_index(given, i);
        if (!leads_here(trusted, node))
            continue;
        node->trust = TRUST_YES;
        if (trusted->number > node->card->number)
            node->card = trusted; /* it may end keys that the package's card still lists */
    }
}

static void add_cosigners(PackageCheck *self, const CheckNode *node)
{
    g_autofree char *name = checkpoint_witness_name(node->name);
    g_autoptr(GPtrArray) keys = card_keys(node->card, CARD_WITNESS, G_MININT64);
    for (guint i = 0; i < keys->len; i++)
        g_ptr_array_add(self->cosigners,
                        note_verifier_new(name, NOTE_COSIGNATURE, g_bytes_get_data(keys->pdata[i], NULL)));
}

void check_cards(PackageCheck *self)
{
    guint first = 0, end = check_files_below(self, "data/cards/", &first);
    for (guint i = first; i < end; i++)
        take_card(self, &g_array_index(self->files, CheckFile, i));
    g_ptr_array_sort(self->nodes, by_node);
    for (guint i = 0; i < self->nodes->len; i++) {
        CheckNode *node = g_ptr_array_index(self->nodes, i);
        check_chain(self, node);
        settle_trust(self, node);
        add_cosigners(self, node);
    }
}

/* ---- keys ---- */

GPtrArray *check_log_keys(const CheckNode *node)
{
    return node && node->card ? card_keys(node->card, CARD_LOG, G_MININT64) : g_ptr_array_new();
}

#define LAST_SECOND G_GINT64_CONSTANT(253402300799) /* of the year 9999: no time of the format is later */

/* The node whose witness key has this name and key id and held then; NULL. */
static const CheckNode *witness_of(const PackageCheck *self, const Cosignature *cosignature)
{
    if (cosignature->time_s > LAST_SECOND)
        return NULL;
    for (guint i = 0; i < self->nodes->len; i++) {
        const CheckNode *node = g_ptr_array_index(self->nodes, i);
        g_autofree char *name = checkpoint_witness_name(node->name);
        if (!g_str_equal(name, cosignature->name))
            continue;
        g_autoptr(GPtrArray) keys = card_keys(node->card, CARD_WITNESS, cosignature->time_s * 1000);
        for (guint k = 0; k < keys->len; k++)
            if (note_key_id(name, NOTE_COSIGNATURE, g_bytes_get_data(keys->pdata[k], NULL)) == cosignature->key_id)
                return node;
    }
    return NULL;
}

void check_witnesses(const PackageCheck *self, const CheckNode *node, const GArray *cosigned, CheckWitness each,
                     gpointer data)
{
    for (guint i = 0; cosigned && i < cosigned->len; i++) {
        const Cosignature *cosignature = &g_array_index(cosigned, Cosignature, i);
        const CheckNode *witness = witness_of(self, cosignature);
        if (witness && witness != node) /* nobody is a witness to its own log */
            each(data, witness, cosignature->time_s);
    }
}

const char *check_web_origin(gpointer data, const char *name, gint64 time_ms)
{
    const CheckNode *node = check_node(data, name);
    const char *web = NULL;
    for (guint i = 0; node && i < node->cards->len; i++) {
        const Card *card = g_ptr_array_index(node->cards, i);
        if (web && card->issued_ms > time_ms)
            break;
        web = card->web;
    }
    return web;
}
