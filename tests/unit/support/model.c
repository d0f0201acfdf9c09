#include "support/model.h"
#include <string.h>

static const char *const investigator[] = {"investigator", NULL};
static const char *const prosecutor[] = {"prosecutor", NULL};
static const Field text_item = {.kind = FIELD_TEXT};
static const Field texts_item = {.kind = FIELD_LIST, .flags = FIELD_UNIQUE, .of = &text_item};

#define TEXT(name)                                                                                                     \
    {                                                                                                                  \
        name, FIELD_TEXT, 0, 0, 0, NULL, NULL, NULL                                                                    \
    }
#define TITLE(name)                                                                                                    \
    {                                                                                                                  \
        name, FIELD_TEXT, FIELD_NULLABLE, 0, 0, NULL, NULL, NULL                                                       \
    }
#define TEXTS(name)                                                                                                    \
    {                                                                                                                  \
        name, FIELD_LIST, FIELD_UNIQUE, 0, 0, NULL, &text_item, NULL                                                   \
    }
#define LISTS(name)                                                                                                    \
    {                                                                                                                  \
        name, FIELD_MAP, 0, 0, 0, NULL, &texts_item, NULL                                                              \
    }
#define FIELDS(...)                                                                                                    \
    (const Field[])                                                                                                    \
    {                                                                                                                  \
        __VA_ARGS__,                                                                                                   \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define SETS(...)                                                                                                      \
    (const ActSet[])                                                                                                   \
    {                                                                                                                  \
        __VA_ARGS__,                                                                                                   \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

/* A hand-over starts from who has it, as its person saw it; a hole may have said so. */
static const char *hand_over(Entity *entity, const EntityRecord *record, const json_t *act)
{
    g_autoptr(GArray) custodians = entity_values_below(entity, record, "custodian");
    if (entity_hole_below(entity, record))
        return NULL;
    for (guint i = 0; i < custodians->len; i++)
        if (g_strcmp0(json_string_value(g_array_index(custodians, EntityValue, i).value), json_text(act, "from")) == 0)
            return NULL;
    return "was not in that custody";
}

static const ActType types[] = {
    {.name = "lane.chartered/1",
     .effect = ACT_CHARTER,
     .flags = ACT_LASTING | ACT_OPENS,
     .fields = FIELDS(LISTS("parties"), TEXT("lead"))},
    {.name = "lane.joined/1",
     .effect = ACT_JOIN,
     .flags = ACT_LASTING | ACT_OPENS | ACT_AFTER_END,
     .fields = FIELDS(TITLE("under"))},
    {.name = "feed.continued/1",
     .effect = ACT_CONTINUE,
     .flags = ACT_LASTING | ACT_OPENS | ACT_AFTER_END,
     .fields = FIELDS(TITLE("under"), TEXT("reason"))},
    {.name = "fork.found/1",
     .effect = ACT_FORK_FOUND,
     .flags = ACT_LASTING | ACT_AFTER_END,
     .fields = FIELDS(TEXT("feed"))},
    {.name = "lane.ended/1",
     .effect = ACT_END,
     .roles = prosecutor,
     .flags = ACT_LASTING,
     .fields = FIELDS(TEXT("successor"))},
    {.name = "person.introduced/1",
     .effect = ACT_INTRODUCE,
     .flags = ACT_LASTING | ACT_AFTER_END,
     .fields = FIELDS(TEXT("who"), TEXTS("roles"))},
    {.name = "person.withdrawn/1", .effect = ACT_WITHDRAW, .flags = ACT_LASTING, .fields = FIELDS(TEXT("who"))},
    {.name = "field.delegated/1",
     .effect = ACT_DELEGATE,
     .flags = ACT_LASTING,
     .fields = FIELDS(TEXT("field"), TEXTS("persons"), TEXT("until"))},
    {.name = "erased/1",
     .effect = ACT_ERASE,
     .roles = prosecutor,
     .flags = ACT_LASTING | ACT_AFTER_END,
     .fields = FIELDS(TEXTS("records"), TEXT("order"))},
    {.name = "home.offered/1",
     .effect = ACT_OFFER_HOME,
     .on = ACT_ON_ENTITY,
     .roles = investigator,
     .flags = ACT_LASTING | ACT_EXCLUSIVE,
     .fields = FIELDS(TITLE("home"), TEXT("to"))},
    {.name = "home.accepted/1",
     .effect = ACT_ACCEPT_HOME,
     .on = ACT_ON_ENTITY,
     .roles = investigator,
     .flags = ACT_LASTING,
     .fields = FIELDS(TEXT("offer"))},
    {.name = "home.declined/1",
     .effect = ACT_DECLINE_HOME,
     .on = ACT_ON_ENTITY,
     .roles = investigator,
     .flags = ACT_LASTING,
     .fields = FIELDS(TEXT("offer"))},
    {.name = "exhibit.added/1",
     .on = ACT_CREATES,
     .entity = "exhibit",
     .roles = investigator,
     .fields = FIELDS(TEXT("description"), TEXT("custodian")),
     .sets = SETS({"description", "description", NULL}, {"custodian", "custodian", NULL})},
    {.name = "exhibit.corrected/1",
     .on = ACT_ON_ENTITY,
     .entity = "exhibit",
     .roles = investigator,
     .fields = FIELDS(TEXT("description")),
     .sets = SETS({"description", "description", NULL})},
    {.name = "exhibit.handed_over/1",
     .on = ACT_ON_ENTITY,
     .entity = "exhibit",
     .roles = investigator,
     .flags = ACT_EXCLUSIVE,
     .fields = FIELDS(TITLE("home"), TEXT("from"), TEXT("to")),
     .sets = SETS({"custodian", "to", NULL}),
     .apply = hand_over},
    {.name = "task.opened/1",
     .on = ACT_CREATES,
     .entity = "task",
     .roles = prosecutor,
     .fields = FIELDS(TEXT("title"), TEXT("assignee")),
     .sets = SETS({"title", "title", NULL}, {"assignee", "assignee", NULL}, {"status", NULL, "open"})},
    {.name = "task.renamed/1",
     .on = ACT_ON_ENTITY,
     .entity = "task",
     .roles = prosecutor,
     .fields = FIELDS(TEXT("title")),
     .sets = SETS({"title", "title", NULL})},
    {.name = "task.assigned/1",
     .on = ACT_ON_ENTITY,
     .entity = "task",
     .roles = prosecutor,
     .flags = ACT_EXCLUSIVE,
     .fields = FIELDS(TITLE("home"), TEXT("to")),
     .sets = SETS({"assignee", "to", NULL})},
    {.name = "task.closed/2",
     .on = ACT_ON_ENTITY,
     .entity = "task",
     .roles = prosecutor,
     .flags = ACT_EXCLUSIVE,
     .fields = FIELDS(TITLE("home")),
     .sets = SETS({"status", NULL, "closed"})},
    {.name = "carried/1",
     .effect = ACT_CARRY,
     .on = ACT_CREATES,
     .roles = investigator,
     .fields = FIELDS(TEXT("kind"), LISTS("state"), LISTS("origin"))},
};

ActTypes *model_types(const json_t *without)
{
    ActTypes *known = act_types_new();
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        gboolean left_out = FALSE;
        for (gsize k = 0; k < json_array_size(without); k++)
            left_out = left_out || g_str_equal(json_string_value(json_array_get(without, k)), types[i].name);
        if (!left_out)
            act_types_add(known, &types[i], 1);
    }
    return known;
}

/* ---- rows ---- */

static json_t *leaf_json(const Hash *leaf)
{
    char hex[HASH_HEX_SIZE];
    hash_write(hex, leaf);
    return json_string(hex);
}

static gint compare_values(gconstpointer a, gconstpointer b)
{
    const EntityValue *x = a, *y = b;
    int order = strcmp(json_string_value(x->value), json_string_value(y->value));
    return order != 0 ? order : memcmp(x->leaf.bytes, y->leaf.bytes, HASH_SIZE);
}

static json_t *fields_json(const Entity *entity)
{
    json_t *fields = json_object();
    g_autoptr(GPtrArray) names = entity_fields(entity);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        json_t *list = json_array();
        g_autoptr(GArray) values = entity_values(entity, name);
        g_array_sort(values, compare_values);
        for (guint k = 0; k < values->len; k++) {
            const EntityValue *value = &g_array_index(values, EntityValue, k);
            json_array_append_new(list, json_pack("[O, o]", value->value, leaf_json(&value->leaf)));
        }
        json_object_set_new(fields, name, list);
    }
    return fields;
}

static gint compare_leaves(gconstpointer a, gconstpointer b)
{
    return memcmp((*(const EntityRecord *const *)a)->leaf.bytes, (*(const EntityRecord *const *)b)->leaf.bytes,
                  HASH_SIZE);
}

static json_t *holes_json(const Entity *entity)
{
    json_t *list = json_array();
    g_autoptr(GPtrArray) holes = entity_holes(entity);
    g_ptr_array_sort(holes, compare_leaves);
    for (guint i = 0; i < holes->len; i++)
        json_array_append_new(list, leaf_json(&((const EntityRecord *)g_ptr_array_index(holes, i))->leaf));
    return list;
}

static json_t *idle_json(const Entity *entity)
{
    json_t *idle = json_object();
    g_autoptr(GPtrArray) records = entity_idle(entity);
    for (guint i = 0; i < records->len; i++) {
        const EntityRecord *record = g_ptr_array_index(records, i);
        char hex[HASH_HEX_SIZE];
        hash_write(hex, &record->leaf);
        json_object_set_new(idle, hex, json_string(record->idle));
    }
    return idle;
}

static json_t *told_json(const Entity *entity)
{
    json_t *told = json_array();
    for (guint i = 0; entity_is_lane(entity) && i < entity_record_count(entity); i++) {
        const EntityRecord *record = entity_record(entity, i);
        if (record->class == RECORD_VALID && !record->repeated)
            json_array_append_new(told,
                                  json_pack("[s, s, o]", record->type->name, record->node, leaf_json(&record->leaf)));
    }
    return told;
}

static json_t *row_json(const Entity *entity)
{
    json_t *homes = json_array(), *heads = json_array();
    g_autoptr(GPtrArray) home_nodes = entity_homes(entity);
    g_autoptr(GArray) head_leaves = entity_heads(entity);
    for (guint i = 0; i < home_nodes->len; i++)
        json_array_append_new(homes, json_string(g_ptr_array_index(home_nodes, i)));
    for (guint i = 0; i < head_leaves->len; i++)
        json_array_append_new(heads, leaf_json(&g_array_index(head_leaves, Hash, i)));
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "kind", entity_kind(entity), "fields", fields_json(entity),
                     "home", homes, "heads", heads, "holes", holes_json(entity), "idle", idle_json(entity), "told",
                     told_json(entity));
}

typedef struct {
    Lane *lane;
    json_t *rows;
} Rows;

static gboolean add_row(gpointer data, const char *subject, GError **error)
{
    Rows *rows = data;
    const Entity *entity = lane_entity(rows->lane, subject, error);
    if (!entity)
        return FALSE;
    json_object_set_new(rows->rows, subject, row_json(entity));
    return TRUE;
}

json_t *model_rows(Lane *lane)
{
    g_autoptr(GError) error = NULL;
    Rows rows = {lane, json_object()};
    gboolean walked = lane_subjects(lane, add_row, &rows, &error);
    g_assert_no_error(error);
    g_assert_true(walked);
    return rows.rows;
}

char *model_digest(Lane *lane)
{
    g_autoptr(json_t) rows = model_rows(lane);
    char *text = json_dumps(rows, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENSURE_ASCII);
    Hash digest = sha256(text, strlen(text));
    free(text);
    return hash_text(&digest);
}
