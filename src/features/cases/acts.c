/* features/cases/acts.c: what people do to a case as a whole: open and correct it, close and reopen it, let somebody in.
 *
 * Idea: the case is the first entity of its space; its id is the space's. Title and the like are free values (two
 * concurrent corrections both stand until settled); the status is exclusive: only the case's home sets it. */
#include "features/cases/acts.h"
#include "ledger/entity.h"

static const char *const case_workers[] = {"investigator", "prosecutor", NULL};
static const char *const case_leads[] = {"prosecutor", NULL};
static const char *const member_roles[] = {"investigator", "prosecutor", "clerk", "defence", "auditor", NULL};

static const Field role_item = {.kind = FIELD_ENUM, .values = member_roles};

#define REFERENCE(more)                                                                                                \
    {                                                                                                                  \
        .name = "reference", .kind = FIELD_TEXT, .flags = more, .min = 1, .max = 100,                                  \
        .says = "The authority's own number of the case."                                                              \
    }
#define TITLE(more)                                                                                                    \
    {                                                                                                                  \
        .name = "title", .kind = FIELD_TEXT, .flags = FIELD_PRIVATE | (more), .min = 1, .max = 200,                    \
        .says = "What people call the case."                                                                           \
    }
#define OFFENCE(more)                                                                                                  \
    {                                                                                                                  \
        .name = "offence", .kind = FIELD_TEXT, .flags = more, .max = 400,                                              \
        .says = "The offence under investigation, as the State's law names it."                                        \
    }
#define SUMMARY(more)                                                                                                  \
    {                                                                                                                  \
        .name = "summary", .kind = FIELD_TEXT, .flags = FIELD_PRIVATE | FIELD_LINES | (more), .max = 4000,             \
        .says = "What the case is about, in a few sentences."                                                          \
    }
#define HOME                                                                                                           \
    {                                                                                                                  \
        .name = "home", .kind = FIELD_LEAF, .flags = FIELD_NULLABLE,                                                   \
        .says = "The title under which the writer is the case's home; null: it created it."                            \
    }
#define REASON                                                                                                         \
    {                                                                                                                  \
        .name = "reason", .kind = FIELD_TEXT, .flags = FIELD_PRIVATE | FIELD_LINES, .min = 1, .max = 1000,             \
        .says = "Why."                                                                                                 \
    }
#define WHO                                                                                                            \
    {                                                                                                                  \
        .name = "who", .kind = FIELD_ID, .says = "The person, by the id that it has in this space."                    \
    }

static const Field opened_fields[] = {REFERENCE(0), TITLE(0), OFFENCE(0), SUMMARY(0), {.name = NULL}};
static const Field corrected_fields[] = {
    REFERENCE(FIELD_OPTIONAL), TITLE(FIELD_OPTIONAL), OFFENCE(FIELD_OPTIONAL), SUMMARY(FIELD_OPTIONAL), {.name = NULL}};
static const Field status_fields[] = {HOME, REASON, {.name = NULL}};
static const Field added_fields[] = {
    WHO,
    {.name = "roles",
     .kind = FIELD_LIST,
     .flags = FIELD_UNIQUE,
     .min = 1,
     .max = 5,
     .of = &role_item,
     .says = "As what the person works here."},
    {.name = NULL},
};
static const Field removed_fields[] = {WHO, REASON, {.name = NULL}};

static const ActSet value_sets[] = {{"reference", "reference", NULL},
                                    {"title", "title", NULL},
                                    {"offence", "offence", NULL},
                                    {"summary", "summary", NULL},
                                    {0}};
static const ActSet opened_sets[] = {{"reference", "reference", NULL}, {"title", "title", NULL},
                                     {"offence", "offence", NULL},     {"summary", "summary", NULL},
                                     {"status", NULL, "open"},         {0}};
static const ActSet closed_sets[] = {{"status", NULL, "closed"}, {0}};
static const ActSet reopened_sets[] = {{"status", NULL, "open"}, {0}};

/* TRUE where the status says @value below the record, or where a hole might have said it. */
static gboolean stands_below(const Entity *entity, const EntityRecord *record, const char *value)
{
    if (entity_hole_below(entity, record))
        return TRUE;
    g_autoptr(GArray) values = entity_values_below(entity, record, "status");
    for (guint n = 0; n < values->len; n++) {
        if (g_strcmp0(json_string_value(g_array_index(values, EntityValue, n).value), value) == 0)
            return TRUE;
    }
    return FALSE;
}

static const char *closed_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)act;
    return stands_below(entity, record, "open") ? NULL : "the case was not open";
}

static const char *reopened_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)act;
    return stands_below(entity, record, "closed") ? NULL : "the case was not closed";
}

/* One field a person, so that two members who come at the same time don't contest each other. */
static void set_member(Entity *entity, const json_t *act, json_t *value)
{
    g_autofree char *field = g_strconcat(CASE_MEMBER_FIELD, json_text(act, "who"), NULL);
    entity_set(entity, field, value);
}

static const char *added_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)record;
    set_member(entity, act, json_incref(json_object_get(act, "roles")));
    return NULL;
}

static const char *removed_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)record;
    set_member(entity, act, json_null());
    return NULL;
}

const ActType case_acts[] = {
    {.name = "case.opened/1",
     .on = ACT_CREATES,
     .entity = "case",
     .roles = case_workers,
     .fields = opened_fields,
     .sets = opened_sets,
     .says = "Opened a case."},
    {.name = "case.corrected/1",
     .on = ACT_ON_ENTITY,
     .entity = "case",
     .roles = case_workers,
     .flags = ACT_CORRECTS,
     .fields = corrected_fields,
     .sets = value_sets,
     .says = "Corrected what stands on the case's cover."},
    {.name = "case.closed/1",
     .on = ACT_ON_ENTITY,
     .entity = "case",
     .roles = case_leads,
     .flags = ACT_EXCLUSIVE,
     .fields = status_fields,
     .sets = closed_sets,
     .apply = closed_apply,
     .says = "Closed the case."},
    {.name = "case.reopened/1",
     .on = ACT_ON_ENTITY,
     .entity = "case",
     .roles = case_leads,
     .flags = ACT_EXCLUSIVE,
     .fields = status_fields,
     .sets = reopened_sets,
     .apply = reopened_apply,
     .says = "Opened the case again."},
    {.name = "member.added/1",
     .on = ACT_ON_ENTITY,
     .entity = "case",
     .roles = case_workers,
     .flags = ACT_CONFIRM,
     .fields = added_fields,
     .apply = added_apply,
     .says = "Let a person work on the case."},
    {.name = "member.removed/1",
     .on = ACT_ON_ENTITY,
     .entity = "case",
     .roles = case_workers,
     .flags = ACT_CONFIRM,
     .fields = removed_fields,
     .apply = removed_apply,
     .says = "Took a person off the case."},
};
const gsize case_act_count = G_N_ELEMENTS(case_acts);
