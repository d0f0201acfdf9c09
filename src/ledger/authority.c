/* authority.c: who may do what: from the charter and the earlier lasting records of the same feed, and from nothing
 * else. A later withdrawal does not undo an earlier act, and a new epoch starts with nobody. */
#include "base/error.h"
#include "ledger/lane_private.h"
#include <string.h>

#define ID_SIZE 65

static gboolean party_may_write(const Lane *self, LaneFeed *feed, const char *party, const char *kind)
{
    const json_t *kinds = party == feed->node ? lane_charter_kinds(self, feed)
                                              : json_object_get(json_object_get(self->charter, "parties"), party);
    for (gsize i = 0; i < json_array_size(kinds); i++)
        if (g_strcmp0(json_string_value(json_array_get(kinds, i)), kind) == 0)
            return TRUE;
    return FALSE;
}

static gboolean has_role(const LanePerson *person, const char *const *roles)
{
    for (; *roles; roles++)
        if (g_strv_contains((const char *const *)person->roles, *roles))
            return TRUE;
    return FALSE;
}

/* Who stands introduced under the name that the record gives. NULL: nobody. */
static const LanePerson *person_of(const Lane *self, const Candidate *it)
{
    char person[ID_SIZE];
    memcpy(person, it->header->person.at, it->header->person.length);
    person[it->header->person.length] = '\0';
    return lane_person_at(self, it->line, it->at.seq, person);
}

gboolean ask_authority(Lane *self, Candidate *it, const char **why, GError **error)
{
    (void)error;
    const char *kind =
        it->found.type->effect == ACT_CARRY ? json_text(candidate_tree(it), "kind") : it->found.type->entity;
    if (kind && !party_may_write(self, it->line->feed, lane_party_of(self, it->line, it->past), kind))
        return void_because(it, COMITY_ERROR_FORBIDDEN, why, "party has no such power");
    if (!it->found.type->roles)
        return it->header->person.length == 0 ||
               void_because(it, COMITY_ERROR_INVALID, why, "a person signs an act of the node");
    const LanePerson *introduced = person_of(self, it);
    if (!introduced)
        return void_because(it, COMITY_ERROR_FORBIDDEN, why, "person is not introduced");
    if (!lane_charter_kinds(self, it->line->feed)) {
        const LaneDelegation *grant = lane_delegation_of(self, it->line, it->past);
        if (grant && it->header->time_ms > grant->until_ms)
            return void_because(it, COMITY_ERROR_FORBIDDEN, why, "field node has expired");
    }
    return has_role(introduced, it->found.type->roles) ||
           void_because(it, COMITY_ERROR_FORBIDDEN, why, "person lacks the role");
}

/* ---- confirmations ---- */

static const LaneCredential *credential_of(const LanePerson *person, const char *id)
{
    for (guint i = 0; person && i < person->credentials->len; i++) {
        const LaneCredential *credential = g_ptr_array_index(person->credentials, i);
        if (g_str_equal(credential->id, id))
            return credential;
    }
    return NULL;
}

/* The web origin that client data state themselves. New, or NULL. */
static char *stated_origin(GBytes *client_data)
{
    gsize length;
    const char *bytes = g_bytes_get_data(client_data, &length);
    g_autoptr(json_t) data = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
    return g_strdup(json_text(data, "origin"));
}

gboolean lane_confirmation_verify(const ConfirmationCheck *check, const char *origin)
{
    const Confirmation *confirmation = check->confirmation;
    g_autofree char *stated = origin ? NULL : stated_origin(confirmation->client_data);
    const char *expected = origin ? origin : stated;
    g_autoptr(GUri) uri = expected ? g_uri_parse(expected, G_URI_FLAGS_NONE, NULL) : NULL;
    if (!uri || !g_uri_get_host(uri))
        return FALSE;
    Assertion assertion = {.credential = confirmation->credential,
                           .authenticator_data = confirmation->authenticator_data,
                           .client_data = confirmation->client_data,
                           .signature = confirmation->signature};
    const char *host = g_uri_get_host(uri);
    return check->key ? passkey_verify_with(check->key, host, expected, check->challenge, &assertion, NULL, NULL)
                      : passkey_verify(check->cose, host, expected, check->challenge, &assertion, NULL, NULL);
}

static gboolean confirmation_holds(const Lane *self, const Candidate *it, const LanePerson *person)
{
    g_autoptr(Confirmation) confirmation = confirmation_parse(it->confirmation.at, it->confirmation.length, NULL);
    const LaneCredential *credential = confirmation ? credential_of(person, confirmation->credential) : NULL;
    if (!credential)
        return FALSE;
    Hash challenge = confirmation_challenge(it->act_bytes.at, it->act_bytes.length);
    ConfirmationCheck check = {.node = it->line->feed->node,
                               .time_ms = it->header->time_ms,
                               .challenge = &challenge,
                               .confirmation = confirmation,
                               .cose = credential->cose};
    const LaneContext *context = &self->context;
    if (context->confirmed)
        return context->confirmed(context->data, &check);
    const char *origin = context->web_origin ? context->web_origin(context->data, check.node, check.time_ms) : NULL;
    return lane_confirmation_verify(&check, origin);
}

gboolean ask_confirmation(Lane *self, Candidate *it, const char **why, GError **error)
{
    (void)error;
    if (it->preparing || !(it->header->has_confirmation || it->found.type->flags & ACT_CONFIRM))
        return TRUE;
    const LanePerson *person = person_of(self, it);
    if (it->header->has_confirmation)
        return confirmation_holds(self, it, person) ||
               void_because(it, COMITY_ERROR_FORBIDDEN, why, "confirmation does not hold");
    if (person && !person->machine)
        return void_because(it, COMITY_ERROR_FORBIDDEN, why, "not confirmed by its person");
    return TRUE;
}
