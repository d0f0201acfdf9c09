/* act_schema.c: fields as JSON Schema 2020-12, for OpenAPI and the documents. See act.h. */
#include "ledger/act.h"
#include "ledger/act_private.h"

static json_t *schema_of(const Field *field);

/* The patterns say what field_allows() does. */
static json_t *text_schema(const Field *field)
{
    gint64 max = field_limit(field, TEXT_MAX);
    json_t *schema = json_pack("{s:s, s:I}", "type", "string", "maxLength", (json_int_t)max);
    if (field->min > 0)
        json_object_set_new(schema, "minLength", json_integer(field->min));
    if (!(field->flags & FIELD_VERBATIM))
        json_object_set_new(schema, "pattern",
                            json_string(field->flags & FIELD_LINES ? "^[\\t\\n\\r\\P{Cc}]*$" : "^\\P{Cc}*$"));
    return schema;
}

static json_t *pattern_schema(const char *pattern)
{
    return json_pack("{s:s, s:s}", "type", "string", "pattern", pattern);
}

static json_t *language_schema(void)
{
    json_t *schema = pattern_schema("^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$");
    json_object_set_new(schema, "maxLength", json_integer(LANGUAGE_MAX));
    return schema;
}

static json_t *integer_schema(const Field *field)
{
    return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum", (json_int_t)field->min, "maximum",
                     (json_int_t)field_greatest(field));
}

static json_t *enum_schema(const Field *field)
{
    json_t *values = json_texts(field->values);
    if (field->flags & FIELD_NULLABLE)
        json_array_append_new(values, json_null());
    return json_pack("{s:s, s:o}", "type", "string", "enum", values);
}

static json_t *base64url_schema(const Field *field)
{
    json_t *schema = pattern_schema("^[A-Za-z0-9_-]*$");
    gint64 max = field_limit(field, TEXT_MAX);
    json_object_set_new(schema, "minLength", json_integer((field->min * 4 + 2) / 3));
    json_object_set_new(schema, "maxLength", json_integer((max * 4 + 2) / 3));
    json_object_set_new(schema, "contentEncoding", json_string("base64url"));
    return schema;
}

static json_t *list_schema(const Field *field)
{
    json_t *schema = json_pack("{s:s, s:o, s:I}", "type", "array", "items", schema_of(field->of), "maxItems",
                               (json_int_t)field_limit(field, ITEMS_MAX));
    if (field->min > 0)
        json_object_set_new(schema, "minItems", json_integer(field->min));
    if (field->flags & FIELD_UNIQUE)
        json_object_set_new(schema, "uniqueItems", json_true());
    return schema;
}

static json_t *map_schema(const Field *field)
{
    json_t *schema = json_pack("{s:s, s:o, s:I}", "type", "object", "additionalProperties", schema_of(field->of),
                               "maxProperties", (json_int_t)field_limit(field, ITEMS_MAX));
    if (field->min > 0)
        json_object_set_new(schema, "minProperties", json_integer(field->min));
    return schema;
}

static json_t *kind_schema(const Field *field)
{
    switch (field->kind) {
    case FIELD_TEXT:
        return text_schema(field);
    case FIELD_INTEGER:
        return integer_schema(field);
    case FIELD_BOOLEAN:
        return json_pack("{s:s}", "type", "boolean");
    case FIELD_ENUM:
        return enum_schema(field);
    case FIELD_TIME:
        return json_pack("{s:s, s:s, s:s}", "type", "string", "format", "date-time", "pattern",
                         "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$");
    case FIELD_DATE:
        return json_pack("{s:s, s:s}", "type", "string", "format", "date");
    case FIELD_HASH:
        return pattern_schema("^sha256:[0-9a-f]{64}$");
    case FIELD_LEAF:
        return pattern_schema("^[0-9a-f]{64}$");
    case FIELD_UUID:
        return pattern_schema("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$");
    case FIELD_ID:
        return pattern_schema("^[A-Za-z0-9-]{1,64}$");
    case FIELD_NODE:
        return pattern_schema("^[a-z0-9.-]{1,100}$");
    case FIELD_BASE64URL:
        return base64url_schema(field);
    case FIELD_LANGUAGE:
        return language_schema();
    case FIELD_OBJECT:
        return fields_schema(field->of);
    case FIELD_LIST:
        return list_schema(field);
    case FIELD_MAP:
        return map_schema(field);
    case FIELD_ANY:
        break;
    }
    return json_object();
}

static json_t *schema_of(const Field *field)
{
    json_t *schema = kind_schema(field);
    json_t *type = json_object_get(schema, "type");
    if (field->flags & FIELD_NULLABLE && type)
        json_object_set_new(schema, "type", json_pack("[O, s]", type, "null"));
    if (field->says)
        json_object_set_new(schema, "description", json_string(field->says));
    return schema;
}

json_t *fields_schema(const Field *fields)
{
    json_t *properties = json_object(), *required = json_array();
    for (const Field *field = fields; field && field->name; field++) {
        json_object_set_new(properties, field->name, schema_of(field));
        if (!(field->flags & FIELD_OPTIONAL))
            json_array_append_new(required, json_string(field->name));
    }
    json_t *schema =
        json_pack("{s:s, s:o, s:b}", "type", "object", "properties", properties, "additionalProperties", 0);
    if (json_array_size(required) > 0)
        json_object_set_new(schema, "required", required);
    else
        json_decref(required);
    return schema;
}

/* ---- types ---- */

/* The members of which ACT_CORRECTS asks one; NULL where the type does not ask. */
static json_t *corrects_json(const ActType *type)
{
    if (!(type->flags & ACT_CORRECTS))
        return NULL;
    json_t *members = json_array();
    for (const ActSet *set = type->sets; set && set->field; set++) {
        if (set->member)
            json_array_append_new(members, json_string(set->member));
    }
    return members;
}

static json_t *flags_json(const ActType *type)
{
    static const struct {
        guint flag;
        const char *name;
    } known[] = {{ACT_LASTING, "lasting"},
                 {ACT_EXCLUSIVE, "exclusive"},
                 {ACT_OPENS, "opens"},
                 {ACT_AFTER_END, "after_end"},
                 {ACT_CONFIRM, "confirm"}};
    json_t *flags = json_array();
    for (gsize n = 0; n < G_N_ELEMENTS(known); n++) {
        if (type->flags & known[n].flag)
            json_array_append_new(flags, json_string(known[n].name));
    }
    return flags;
}

static json_t *type_json(const ActType *type)
{
    static const char *const subjects[] = {"the lane", "new", "standing", "new or standing"};
    static const Field no_fields[] = {{.name = NULL}};
    static const char corrects[] = "At least one member beside `reason` is there.";
    g_assert(!type->check == !type->rule);
    return json_pack("{s:s, s:s*, s:s, s:s, s:b, s:o, s:o, s:o*, s:o}", "says", type->says ? type->says : "", "rule",
                     type->flags & ACT_CORRECTS ? corrects : type->rule, "entity", type->entity ? type->entity : "",
                     "subject", subjects[type->on], "by_node", type->roles == NULL, "roles", json_texts(type->roles),
                     "flags", flags_json(type), "corrects", corrects_json(type), "schema",
                     fields_schema(type->fields ? type->fields : no_fields));
}

json_t *act_types_json(const ActTypes *types)
{
    const GPtrArray *all = act_types_all(types);
    json_t *acts = json_object();
    for (guint n = 0; n < all->len; n++) {
        const ActType *type = g_ptr_array_index(all, n);
        json_object_set_new(acts, type->name, type_json(type));
    }
    return acts;
}
