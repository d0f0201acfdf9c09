/* features/people/acts.c: who works here, with which roles, and by which keys they are known.
 *
 * Idea: all of it happens in the node's own space. That somebody is introduced, with roles and keys, is the ledger's
 * own lasting act, written by the node; these acts say who decided it. A passkey, an invitation and a token are
 * entities of their own, so that two that come at the same time contest nothing. P1  A secret is never in an act: an
 * invitation and a token stand there as a SHA-256. P2  What a person does to a passkey or with an invitation has an
 * effect only where it is that person's own; that an administrator may take a lost passkey away is judged by the roles
 * table. */
#include "features/people/acts.h"
#include "ledger/entity.h"

const char *const people_roles[] = {"investigator", "prosecutor", "clerk", "defence", "auditor", NULL};
static const char *const administrators[] = {ROLE_ADMINISTRATOR, NULL};
static const char *const everybody[] = {ROLE_ADMINISTRATOR, "investigator", "prosecutor", "clerk",
                                        "defence",          "auditor",      NULL};
static const char *const scopes[] = {"cases:read", "cases:write", "evidence:read", "evidence:write", "export",
                                     "all",        NULL};

const Field people_role_item = {.kind = FIELD_ENUM, .values = people_roles};
static const Field scope_item = {.kind = FIELD_ENUM, .values = scopes};
const Field people_transport_item = {.kind = FIELD_TEXT, .min = 1, .max = 20};

#define ROLES                                                                                                          \
    {.name = "roles",                                                                                                  \
     .kind = FIELD_LIST,                                                                                               \
     .flags = FIELD_UNIQUE,                                                                                            \
     .max = 5,                                                                                                         \
     .of = &people_role_item,                                                                                          \
     .says = "Roles at this node."},                                                                                   \
    {                                                                                                                  \
        .name = "admin", .kind = FIELD_BOOLEAN, .says = "Runs the node: invites people, sees its state."               \
    }
#define LABEL                                                                                                          \
    {                                                                                                                  \
        .name = "label", .kind = FIELD_TEXT, .flags = FIELD_PRIVATE, .min = 1, .max = 100,                             \
        .says = "What its owner calls it."                                                                             \
    }
#define REASON                                                                                                         \
    {                                                                                                                  \
        .name = "reason", .kind = FIELD_TEXT, .flags = FIELD_OPTIONAL | FIELD_PRIVATE | FIELD_LINES, .min = 1,         \
        .max = 1000, .says = "Why."                                                                                    \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }

static const Field admitted_fields[] = {
    ROLES, {.name = "machine", .kind = FIELD_BOOLEAN, .says = "A program: acts by token, without a passkey."}, END};
static const Field roles_changed_fields[] = {ROLES, END};
#define CALLED(member, least, what)                                                                                    \
    {                                                                                                                  \
        .name = member, .kind = FIELD_TEXT, .flags = FIELD_PRIVATE, .min = least, .max = 200, .says = what             \
    }
static const Field renamed_fields[] = {CALLED("name", 1, "What the person is called."),
                                       CALLED("title", 0, "The office, as it stands from now on."),
                                       CALLED("affiliation", 0, "The body, as it stands from now on."), END};
static const Field reason_fields[] = {REASON, END};
static const Field passkey_added_fields[] = {
    {.name = "credential", .kind = FIELD_BASE64URL, .min = 1, .max = 1023, .says = "The credential's id."},
    {.name = "cose", .kind = FIELD_BASE64URL, .min = 1, .max = 2048, .says = "Its public key as COSE_Key."},
    {.name = "spki", .kind = FIELD_BASE64URL, .min = 1, .max = 2048, .says = "The same as SubjectPublicKeyInfo."},
    LABEL,
    {.name = "aaguid", .kind = FIELD_TEXT, .min = 32, .max = 32, .says = "The authenticator's model, hex."},
    {.name = "backed_up", .kind = FIELD_BOOLEAN, .says = "Kept by a provider when it was added."},
    {.name = "backup_eligible", .kind = FIELD_BOOLEAN, .says = "Whether it can be."},
    {.name = "transports",
     .kind = FIELD_LIST,
     .flags = FIELD_UNIQUE,
     .max = 8,
     .of = &people_transport_item,
     .says = "How the browser reaches it."},
    END};
static const Field label_fields[] = {LABEL, END};
static const Field invitation_made_fields[] = {
    {.name = "who", .kind = FIELD_ID, .says = "Who is invited."},
    {.name = "secret", .kind = FIELD_HASH, .says = "SHA-256 of the link's token."},
    {.name = "expires", .kind = FIELD_TIME, .says = "Until when the link serves."},
    END};
static const Field questioned_fields[] = {{.name = "what",
                                           .kind = FIELD_TEXT,
                                           .flags = FIELD_PRIVATE | FIELD_LINES,
                                           .min = 1,
                                           .max = 1000,
                                           .says = "What is wrong, in the invited person's words."},
                                          END};
static const Field token_made_fields[] = {
    {.name = "who", .kind = FIELD_ID, .says = "Who acts by it."},
    {.name = "name", .kind = FIELD_TEXT, .min = 1, .max = 200, .says = "What it is for."},
    {.name = "secret", .kind = FIELD_HASH, .says = "SHA-256 of the token."},
    {.name = "scopes",
     .kind = FIELD_LIST,
     .flags = FIELD_UNIQUE,
     .min = 1,
     .max = 6,
     .of = &scope_item,
     .says = "What it may be used for."},
    {.name = "expires", .kind = FIELD_TIME, .says = "Until when it serves."},
    END};

static const ActSet admitted_sets[] = {
    {"roles", "roles", NULL}, {"admin", "admin", NULL}, {"machine", "machine", NULL}, {"state", NULL, "active"}, {0}};
static const ActSet roles_changed_sets[] = {{"roles", "roles", NULL}, {"admin", "admin", NULL}, {0}};
static const ActSet renamed_sets[] = {
    {"name", "name", NULL}, {"title", "title", NULL}, {"affiliation", "affiliation", NULL}, {0}};
static const ActSet disabled_sets[] = {{"state", NULL, "disabled"}, {0}};
static const ActSet enabled_sets[] = {{"state", NULL, "active"}, {0}};
static const ActSet passkey_added_sets[] = {
    {"credential", "credential", NULL}, {"cose", "cose", NULL},     {"spki", "spki", NULL},
    {"label", "label", NULL},           {"aaguid", "aaguid", NULL}, {"backed_up", "backed_up", NULL},
    {"transports", "transports", NULL}, {"state", NULL, "active"},  {0}};
static const ActSet passkey_removed_sets[] = {{"state", NULL, "removed"}, {0}};
static const ActSet label_sets[] = {{"label", "label", NULL}, {0}};
static const ActSet invitation_made_sets[] = {
    {"person", "who", NULL}, {"secret", "secret", NULL}, {"expires", "expires", NULL}, {"state", NULL, "open"}, {0}};
static const ActSet invitation_used_sets[] = {{"state", NULL, "used"}, {0}};
static const ActSet invitation_withdrawn_sets[] = {{"state", NULL, "withdrawn"}, {0}};
static const ActSet questioned_sets[] = {{"wrong", "what", NULL}, {0}};
static const ActSet token_made_sets[] = {{"person", "who", NULL},
                                         {"name", "name", NULL},
                                         {"secret", "secret", NULL},
                                         {"scopes", "scopes", NULL},
                                         {"expires", "expires", NULL},
                                         {"state", NULL, "active"},
                                         {0}};
static const ActSet token_revoked_sets[] = {{"state", NULL, "revoked"}, {0}};

/* Does @text stand in @field among the values that @record descends from? A hole there may have said so. */
static gboolean stands_below(const Entity *entity, const EntityRecord *record, const char *field, const char *text)
{
    if (entity_hole_below(entity, record))
        return TRUE;
    g_autoptr(GArray) values = entity_values_below(entity, record, field);
    for (guint n = 0; n < values->len; n++) {
        if (g_strcmp0(json_string_value(g_array_index(values, EntityValue, n).value), text) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A person with neither would be one who may do nothing, and whom the ledger could not introduce. */
static const char *roles_check(const json_t *act)
{
    gboolean some = json_is_true_at(act, "admin") || json_array_size(json_object_get(act, "roles")) > 0;
    return some ? NULL : "gives no role";
}

static const char *admitted_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)act;
    g_autoptr(GArray) before = entity_values_below(entity, record, "state");
    return before->len > 0 ? "the person was admitted already" : NULL;
}

static const char *disabled_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)act;
    return stands_below(entity, record, "state", "active") ? NULL : "the account was not open";
}

static const char *enabled_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)act;
    return stands_below(entity, record, "state", "disabled") ? NULL : "the account was not closed";
}

/* The owner is who wrote the record: nobody adds a passkey for somebody else (P2). */
static const char *passkey_added_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)act;
    entity_set(entity, "person", json_string(record->person));
    return NULL;
}

static const char *passkey_labelled_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)act;
    if (!stands_below(entity, record, "person", record->person))
        return "it is somebody else's passkey";
    return stands_below(entity, record, "state", "active") ? NULL : "the passkey was removed";
}

static const char *passkey_removed_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)act;
    return stands_below(entity, record, "state", "active") ? NULL : "the passkey was removed already";
}

static const char *invitation_open_below(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)act;
    return stands_below(entity, record, "state", "open") ? NULL : "the invitation was not open any more";
}

static const char *invitation_used_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    if (!stands_below(entity, record, "person", record->person))
        return "the invitation is for somebody else";
    return invitation_open_below(entity, record, act);
}

static const char *token_revoked_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)act;
    return stands_below(entity, record, "state", "active") ? NULL : "the token was revoked already";
}

const ActType people_acts[] = {
    {.name = "person.admitted/1",
     .on = ACT_ON_ENTITY,
     .entity = "person",
     .roles = administrators,
     .fields = admitted_fields,
     .sets = admitted_sets,
     .check = roles_check,
     .rule = "`admin` is true, or `roles` is not empty.",
     .apply = admitted_apply,
     .says = "Gave a person an account at this node."},
    {.name = "person.roles_changed/1",
     .on = ACT_ON_ENTITY,
     .entity = "person",
     .roles = administrators,
     .fields = roles_changed_fields,
     .sets = roles_changed_sets,
     .check = roles_check,
     .rule = "`admin` is true, or `roles` is not empty.",
     .says = "Changed a person's roles."},
    {.name = "person.renamed/1",
     .on = ACT_ON_ENTITY,
     .entity = "person",
     .roles = administrators,
     .fields = renamed_fields,
     .sets = renamed_sets,
     .says = "Corrected what a person is called, or the office."},
    {.name = "person.disabled/1",
     .on = ACT_ON_ENTITY,
     .entity = "person",
     .roles = administrators,
     .fields = reason_fields,
     .sets = disabled_sets,
     .apply = disabled_apply,
     .says = "Closed a person's account."},
    {.name = "person.enabled/1",
     .on = ACT_ON_ENTITY,
     .entity = "person",
     .roles = administrators,
     .fields = reason_fields,
     .sets = enabled_sets,
     .apply = enabled_apply,
     .says = "Opened a closed account again."},
    {.name = "passkey.added/1",
     .on = ACT_CREATES,
     .entity = "passkey",
     .roles = everybody,
     .fields = passkey_added_fields,
     .sets = passkey_added_sets,
     .apply = passkey_added_apply,
     .says = "Added a passkey of their own."},
    {.name = "passkey.labelled/1",
     .on = ACT_ON_ENTITY,
     .entity = "passkey",
     .roles = everybody,
     .fields = label_fields,
     .sets = label_sets,
     .apply = passkey_labelled_apply,
     .says = "Gave a passkey of their own another label."},
    {.name = "passkey.removed/1",
     .on = ACT_ON_ENTITY,
     .entity = "passkey",
     .roles = everybody,
     .fields = reason_fields,
     .sets = passkey_removed_sets,
     .apply = passkey_removed_apply,
     .says = "Removed a passkey."},
    {.name = "invitation.made/1",
     .on = ACT_CREATES,
     .entity = "invitation",
     .roles = administrators,
     .fields = invitation_made_fields,
     .sets = invitation_made_sets,
     .says = "Invited a person by a link that serves once."},
    {.name = "invitation.used/1",
     .on = ACT_ON_ENTITY,
     .entity = "invitation",
     .roles = everybody,
     .sets = invitation_used_sets,
     .apply = invitation_used_apply,
     .says = "Enrolled by an invitation."},
    {.name = "invitation.withdrawn/1",
     .on = ACT_ON_ENTITY,
     .entity = "invitation",
     .roles = administrators,
     .sets = invitation_withdrawn_sets,
     .apply = invitation_open_below,
     .says = "Withdrew an invitation."},
    {.name = "invitation.questioned/1",
     .on = ACT_ON_ENTITY,
     .entity = "invitation",
     .roles = NULL,
     .fields = questioned_fields,
     .sets = questioned_sets,
     .apply = invitation_open_below,
     .says = "The invited person says that the invitation is wrong."},
    {.name = "token.made/1",
     .on = ACT_CREATES,
     .entity = "token",
     .roles = administrators,
     .fields = token_made_fields,
     .sets = token_made_sets,
     .says = "Made a token for a program."},
    {.name = "token.revoked/1",
     .on = ACT_ON_ENTITY,
     .entity = "token",
     .roles = administrators,
     .fields = reason_fields,
     .sets = token_revoked_sets,
     .apply = token_revoked_apply,
     .says = "Revoked a token."},
};
const gsize people_act_count = G_N_ELEMENTS(people_acts);
