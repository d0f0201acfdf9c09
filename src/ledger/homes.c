/* homes.c: what an act that the ledger itself understands needs beside authority: the home for exclusive acts, an open
 * offer for an answer, the lead for an end, own records for an erasure. All from lasting records of the causal past. */
#include "base/error.h"
#include "ledger/lane_private.h"
#include <string.h>

static gboolean read_leaf(const char *text, Hash *out)
{
    return text && strlen(text) == 2 * HASH_SIZE && hash_read(text, out);
}

/* The home act with @leaf and @effect about the subject of @it, in its causal past. NULL: none. */
static const LaneHomeAct *home_act(const Lane *self, const Candidate *it, const Hash *leaf, ActEffect effect)
{
    const GPtrArray *acts = lane_home_acts(self, it->subject);
    for (guint i = 0; acts && i < acts->len; i++) {
        const LaneHomeAct *act = g_ptr_array_index(acts, i);
        if (act->effect == effect && hash_equal(&act->leaf, leaf) && past_has(it->past, act->at))
            return act;
    }
    return NULL;
}

/* Is there an answer to @offer in the causal past; with @declined, one that declines? */
static gboolean is_answered(const Lane *self, const Candidate *it, const Hash *offer, gboolean declined)
{
    const GPtrArray *acts = lane_home_acts(self, it->subject);
    for (guint i = 0; acts && i < acts->len; i++) {
        const LaneHomeAct *act = g_ptr_array_index(acts, i);
        if (act->effect != ACT_OFFER_HOME && hash_equal(&act->about, offer) && past_has(it->past, act->at) &&
            (!declined || act->effect == ACT_DECLINE_HOME))
            return TRUE;
    }
    return FALSE;
}

/* A title is the creation (zero) or an acceptance, its writer's own. Offered, it rests until the one asked declines. */
static gboolean holds_home(const Lane *self, const Candidate *it, const Hash *title)
{
    const char *node = it->line->feed->node;
    gsize length = strlen(node);
    if (hash_is_zero(title)) {
        if (strncmp(it->subject, node, length) != 0 || it->subject[length] != '/')
            return FALSE;
    } else {
        const LaneHomeAct *acceptance = home_act(self, it, title, ACT_ACCEPT_HOME);
        if (!acceptance || !g_str_equal(acceptance->node, node))
            return FALSE;
    }
    const GPtrArray *acts = lane_home_acts(self, it->subject);
    for (guint i = 0; acts && i < acts->len; i++) {
        const LaneHomeAct *offer = g_ptr_array_index(acts, i);
        if (offer->effect == ACT_OFFER_HOME && hash_equal(&offer->about, title) && past_has(it->past, offer->at) &&
            !is_answered(self, it, &offer->leaf, TRUE))
            return FALSE;
    }
    return TRUE;
}

static gboolean ask_home(Lane *self, Candidate *it, const char **why)
{
    Hash title = {{0}};
    const char *home = json_text(candidate_tree(it), "home");
    if ((home && (!read_leaf(home, &title) || hash_is_zero(&title))) || !holds_home(self, it, &title))
        return void_because(it, COMITY_ERROR_CONFLICT, why, "writer is not the home");
    return TRUE;
}

static gboolean ask_answer(Lane *self, Candidate *it, const char **why)
{
    Hash leaf;
    const LaneHomeAct *offer =
        read_leaf(json_text(candidate_tree(it), "offer"), &leaf) ? home_act(self, it, &leaf, ACT_OFFER_HOME) : NULL;
    if (!offer || g_strcmp0(offer->to, it->line->feed->node) != 0)
        return void_because(it, COMITY_ERROR_CONFLICT, why, "no such offer");
    if (is_answered(self, it, &leaf, FALSE))
        return void_because(it, COMITY_ERROR_CONFLICT, why, "offer was answered");
    return TRUE;
}

static gboolean is_erasable(Lane *self, const Candidate *it, Place at, const char *party, gboolean *erasable,
                            GError **error)
{
    g_auto(RecordRow) row = {0};
    *erasable = FALSE;
    if (!past_has(it->past, at) || g_strcmp0(lane_party_of(self, lane_line_at(self, at.line), it->past), party) != 0)
        return TRUE;
    if (!lane_record(self, at, 0, &row, error))
        return FALSE;
    *erasable = !row.lasting;
    return TRUE;
}

static gboolean ask_erasing(Lane *self, Candidate *it, const char **why, GError **error)
{
    const char *party = lane_party_of(self, it->line, it->past);
    const json_t *records = json_object_get(candidate_tree(it), "records");
    for (gsize i = 0; i < json_array_size(records); i++) {
        Hash leaf;
        g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
        gboolean erasable = FALSE;
        if (read_leaf(json_string_value(json_array_get(records, i)), &leaf) &&
            !self->store.class->by_leaf(self->store.store, &leaf, NULL, places, error))
            return FALSE;
        for (guint k = 0; !erasable && k < places->len; k++)
            if (!is_erasable(self, it, g_array_index(places, Place, k), party, &erasable, error))
                return FALSE;
        if (!erasable)
            return void_because(it, COMITY_ERROR_FORBIDDEN, why, "names what it may not erase");
    }
    return TRUE;
}

/* `seen` of a continuing feed names an older one of the same node. */
static gboolean ask_continuing(Lane *self, Candidate *it, const char **why)
{
    const GArray *named = it->named ? it->named : it->line->named;
    for (guint32 i = 0; i < named->len; i++)
        if (reach(named, i) > 0 && g_str_equal(lane_line(self, i)->node, it->line->feed->node))
            return TRUE;
    return void_because(it, COMITY_ERROR_INVALID, why, "continues nothing");
}

static gboolean ask_introducing(Lane *self, Candidate *it, const char **why)
{
    if (lane_is_charter_party(self, it->line->feed->node))
        return TRUE;
    const LaneDelegation *grant = lane_delegation_of(self, it->line, it->past);
    if (grant && !g_hash_table_contains(grant->persons, json_text(candidate_tree(it), "who")))
        return void_because(it, COMITY_ERROR_FORBIDDEN, why, "person is not delegated");
    return TRUE;
}

/* The party for which @node writes, by charter or by any delegation in the causal past. */
static const char *party_of_node(const Lane *self, const Candidate *it, const char *node)
{
    if (lane_is_charter_party(self, node))
        return node;
    for (guint i = 0; i < self->delegations->len; i++) {
        const LaneDelegation *grant = g_ptr_array_index(self->delegations, i);
        if (g_str_equal(grant->field, node) && past_has(it->past, grant->at))
            return grant->party;
    }
    return NULL;
}

static gboolean ask_closing(Lane *self, Candidate *it, const char **why)
{
    const char *feed = json_text(candidate_tree(it), "feed"), *epoch = feed ? strrchr(feed, '/') : NULL;
    g_autofree char *node = epoch ? g_strndup(feed, (gsize)(epoch - feed)) : NULL;
    const LaneFeed *own = it->line->feed;
    if (!node || g_strcmp0(party_of_node(self, it, node), lane_party_of(self, it->line, it->past)) != 0 ||
        (g_str_equal(node, own->node) && g_str_equal(epoch + 1, own->epoch)))
        return void_because(it, COMITY_ERROR_FORBIDDEN, why, "closes what is no other feed of its party");
    return TRUE;
}

gboolean ask_effect(Lane *self, Candidate *it, const char **why, GError **error)
{
    if (it->found.type->flags & ACT_EXCLUSIVE && (!ask_home(self, it, why) || *why))
        return TRUE;
    switch (it->found.type->effect) {
    case ACT_ACCEPT_HOME:
    case ACT_DECLINE_HOME:
        return ask_answer(self, it, why);
    case ACT_END:
        return g_strcmp0(json_text(self->charter, "lead"), it->line->feed->node) == 0 ||
               void_because(it, COMITY_ERROR_FORBIDDEN, why, "writer is not the lead");
    case ACT_ERASE:
        return ask_erasing(self, it, why, error);
    case ACT_CONTINUE:
        return ask_continuing(self, it, why);
    case ACT_INTRODUCE:
        return ask_introducing(self, it, why);
    case ACT_DELEGATE:
        return lane_is_charter_party(self, it->line->feed->node) ||
               void_because(it, COMITY_ERROR_FORBIDDEN, why, "only a party of the charter delegates");
    case ACT_CLOSE_FEED:
        return ask_closing(self, it, why);
    default:
        return TRUE;
    }
}
