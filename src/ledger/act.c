/* act.c: act types by name, and what their fields may hold. See act.h.
 * A value is walked with a trail of names on the stack; the JSON pointer is made of it only where a value fails, so
 * that a good act costs no allocation. Sentences name members and limits, never values. */
#include "ledger/act.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "ledger/act_private.h"
#include "ledger/record.h"
#include <string.h>

#define NODE_MAX 100

struct ActTypes {
    GHashTable *by_name; /* name -> const ActType */
    GPtrArray *all;      /* of const ActType, as added */
};

/* ---- types ---- */

ActTypes *act_types_new(void)
{
    ActTypes *self = g_new(ActTypes, 1);
    self->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    self->all = g_ptr_array_new();
    return self;
}

void act_types_free(ActTypes *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->by_name);
    g_ptr_array_unref(self->all);
    g_free(self);
}

static const Field *field_named(const Field *fields, const char *name)
{
    for (const Field *field = fields; field && field->name; field++)
        if (g_str_equal(field->name, name))
            return field;
    return NULL;
}

/* Members of the ledger itself; the fields of a type never have these names (A2). */
static gboolean is_own(const char *name)
{
    static const char *const own[] = {"space", "lane",    "node", "person", "subject",
                                      "prev",  "lasting", "type", "salt",   NULL};
    return g_strv_contains(own, name);
}

void act_types_add(ActTypes *self, const ActType *types, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        gboolean fresh = g_hash_table_insert(self->by_name, (gpointer)types[i].name, (gpointer)&types[i]);
        if (!fresh)
            g_error("act type %s is given twice", types[i].name);
        for (const Field *field = types[i].fields; field && field->name; field++)
            if (is_own(field->name))
                g_error("act type %s gives a meaning of its own to “%s”", types[i].name, field->name);
        g_ptr_array_add(self->all, (gpointer)&types[i]);
    }
}

const ActType *act_types_find(const ActTypes *self, const char *name)
{
    return g_hash_table_lookup(self->by_name, name);
}

const GPtrArray *act_types_all(const ActTypes *self)
{
    return self->all;
}

/* ---- where a value stands ---- */

typedef struct Trail Trail;
struct Trail {
    const Trail *up;
    const char *name; /* NULL: an item of a list */
    gsize index;
};

static void write_pointer(GString *text, const Trail *trail)
{
    if (!trail)
        return;
    write_pointer(text, trail->up);
    g_string_append_c(text, '/');
    if (!trail->name) {
        g_string_append_printf(text, "%" G_GSIZE_FORMAT, trail->index);
        return;
    }
    for (const char *c = trail->name; *c; c++) { /* RFC 6901 */
        if (*c == '~' || *c == '/')
            g_string_append(text, *c == '~' ? "~0" : "~1");
        else
            g_string_append_c(text, *c);
    }
}

/* The nearest member's name, for sentences. */
static const char *spoken(const Trail *trail)
{
    while (trail && !trail->name)
        trail = trail->up;
    return trail ? trail->name : "the value";
}

static gboolean refuse(GError **error, const Trail *trail, const char *format, ...) G_GNUC_PRINTF(3, 4);
static gboolean refuse(GError **error, const Trail *trail, const char *format, ...)
{
    if (!error) /* a verifier asks for yes or no only */
        return FALSE;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autoptr(GString) pointer = g_string_new(NULL);
    write_pointer(pointer, trail);
    error_set(error, COMITY_ERROR_INVALID, "act.invalid", pointer->str, "“%s” %s.", spoken(trail), what);
    return FALSE;
}

/* ---- texts with a form ---- */

static gboolean is_date(const char *text, gsize length)
{
    if (length != 10 || text[4] != '-' || text[7] != '-')
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if (i != 4 && i != 7 && !g_ascii_isdigit(text[i]))
            return FALSE;
    guint64 year = g_ascii_strtoull(text, NULL, 10), month = g_ascii_strtoull(text + 5, NULL, 10),
            day = g_ascii_strtoull(text + 8, NULL, 10);
    return month >= 1 && month <= 12 && year >= 1 &&
           g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static gboolean is_leaf(const char *text, gsize length)
{
    Hash hash;
    return length == 2 * HASH_SIZE && hash_read(text, &hash);
}

/* BCP 47: a primary tag of two or three small letters, subtags of one to eight letters or digits. */
static gboolean is_language(const char *text, gsize length)
{
    gsize subtag = 0;
    gboolean primary = TRUE;
    if (length > LANGUAGE_MAX)
        return FALSE;
    for (gsize i = 0; i <= length; i++) {
        if (i == length || text[i] == '-') {
            if (primary ? subtag < 2 || subtag > 3 : subtag < 1 || subtag > 8)
                return FALSE;
            primary = FALSE;
            subtag = 0;
        } else if (primary ? g_ascii_islower(text[i]) : g_ascii_isalnum(text[i])) {
            subtag++;
        } else {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean field_has_form(FieldKind kind, const char *text, gsize length)
{
    gint64 time_ms;
    switch (kind) {
    case FIELD_TIME:
        return time_read(text, (gssize)length, &time_ms);
    case FIELD_DATE:
        return is_date(text, length);
    case FIELD_HASH:
        return length > 7 && memcmp(text, "sha256:", 7) == 0 && is_leaf(text + 7, length - 7);
    case FIELD_LEAF:
        return is_leaf(text, length);
    case FIELD_UUID:
        return uuid_is_valid(text, (gssize)length);
    case FIELD_ID:
        return length > 0 && id_is_valid(text, length);
    case FIELD_NODE:
        return length <= NODE_MAX && node_name_is_valid(text, length);
    default:
        return is_language(text, length);
    }
}

static const char *form_of(FieldKind kind)
{
    switch (kind) {
    case FIELD_TIME:
        return "must be a time in UTC with milliseconds, as 2026-03-01T08:00:00.000Z";
    case FIELD_DATE:
        return "must be a date, as 2026-03-01";
    case FIELD_HASH:
        return "must be “sha256:” and 64 hexadecimal digits";
    case FIELD_LEAF:
        return "must be 64 hexadecimal digits";
    case FIELD_UUID:
        return "must be a UUID in lower case";
    case FIELD_ID:
        return "must be 1 to 64 letters, digits or hyphens";
    case FIELD_NODE:
        return "must be a node's name";
    default:
        return "must be a language tag, as “ar” or “zh-Hans”";
    }
}

/* ---- values ---- */

static gboolean check_text(const Field *field, const json_t *value, const Trail *trail, GError **error)
{
    if (!json_is_string(value))
        return refuse(error, trail, "must be a text");
    gint64 length = 0, max = field_limit(field, TEXT_MAX);
    gboolean allowed = TRUE;
    for (const char *at = json_string_value(value); *at; at = g_utf8_next_char(at), length++)
        allowed = allowed && field_allows(field, g_utf8_get_char(at));
    if (length < field->min)
        return refuse(error, trail, length == 0 ? "must not be empty" : "must have at least %d characters",
                      (int)field->min);
    if (length > max)
        return refuse(error, trail, "must have at most %d characters", (int)max);
    if (!allowed)
        return refuse(error, trail,
                      field->flags & FIELD_LINES
                          ? "holds a control character that is no line break or tab; take it out"
                          : "must be one line without control characters (line breaks, tabs, escapes)");
    return TRUE;
}

static gboolean check_integer(const Field *field, const json_t *value, const Trail *trail, GError **error)
{
    if (!json_is_integer(value))
        return refuse(error, trail, "must be an integer");
    gint64 max = field_greatest(field);
    if (json_integer_value(value) < field->min || json_integer_value(value) > max)
        return refuse(error, trail, "must be from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, field->min, max);
    return TRUE;
}

static gboolean check_enum(const Field *field, const json_t *value, const Trail *trail, GError **error)
{
    if (json_is_string(value) && g_strv_contains(field->values, json_string_value(value)))
        return TRUE;
    g_autofree char *all = g_strjoinv(", ", (char **)field->values);
    return refuse(error, trail, "must be one of %s", all);
}

static gboolean check_base64url(const Field *field, const json_t *value, const Trail *trail, GError **error)
{
    g_autoptr(GBytes) bytes = json_is_string(value) ? base64url_decode(json_string_value(value), -1) : NULL;
    if (!bytes)
        return refuse(error, trail, "must be base64url without padding");
    gint64 length = (gint64)g_bytes_get_size(bytes), max = field_limit(field, TEXT_MAX);
    if (length < field->min || length > max)
        return refuse(error, trail, "must hold %d to %d bytes", (int)field->min, (int)max);
    return TRUE;
}

static gboolean check_value(const Field *field, const json_t *value, const Trail *trail, GError **error);

static gboolean check_unique(const json_t *list, const Trail *trail, GError **error)
{
    g_autoptr(GHashTable) texts = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        gboolean again = FALSE;
        if (json_is_string(item))
            again = !g_hash_table_add(texts, (gpointer)json_string_value(item));
        for (gsize k = 0; !json_is_string(item) && k < i; k++)
            again = again || json_equal(item, json_array_get(list, k));
        if (again)
            return refuse(error, &(Trail){trail, NULL, i}, "names something twice");
    }
    return TRUE;
}

static gboolean check_count(const Field *field, gsize count, const Trail *trail, GError **error)
{
    gint64 max = field_limit(field, ITEMS_MAX);
    if ((gint64)count < field->min || (gint64)count > max)
        return refuse(error, trail, "must have %d to %d entries", (int)field->min, (int)max);
    return TRUE;
}

static gboolean check_list(const Field *field, const json_t *value, const Trail *trail, GError **error)
{
    if (!json_is_array(value))
        return refuse(error, trail, "must be a list");
    if (!check_count(field, json_array_size(value), trail, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(value); i++) {
        Trail item = {trail, NULL, i};
        if (!check_value(field->of, json_array_get(value, i), &item, error))
            return FALSE;
    }
    return !(field->flags & FIELD_UNIQUE) || json_array_size(value) < 2 || check_unique(value, trail, error);
}

static gboolean check_map(const Field *field, const json_t *value, const Trail *trail, GError **error)
{
    if (!json_is_object(value))
        return refuse(error, trail, "must be an object");
    if (!check_count(field, json_object_size(value), trail, error))
        return FALSE;
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member)
    {
        Trail item = {trail, key, 0};
        if (!check_value(field->of, member, &item, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean name_unknown(const Field *fields, const json_t *object, gboolean act, const Trail *trail,
                             GError **error)
{
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)object, key, member)
    {
        if (field_named(fields, key) || (act && is_own(key)))
            continue;
        return refuse(error, &(Trail){trail, key, 0}, "is not a member here");
    }
    return TRUE;
}

/* @own: how many members of the ledger @object holds beside @fields. */
static gboolean check_members(const Field *fields, const json_t *object, gsize own, const Trail *trail, GError **error)
{
    gsize known = own;
    for (const Field *field = fields; field && field->name; field++) {
        Trail member = {trail, field->name, 0};
        const json_t *value = json_object_get(object, field->name);
        if (!value && field->flags & FIELD_OPTIONAL)
            continue;
        if (!value)
            return refuse(error, &member, "is missing");
        if (!check_value(field, value, &member, error))
            return FALSE;
        known++;
    }
    return known == json_object_size(object) || name_unknown(fields, object, own > 0, trail, error);
}

static gboolean check_value(const Field *field, const json_t *value, const Trail *trail, GError **error)
{
    if (json_is_null(value) && field->flags & FIELD_NULLABLE)
        return TRUE;
    switch (field->kind) {
    case FIELD_TEXT:
        return check_text(field, value, trail, error);
    case FIELD_INTEGER:
        return check_integer(field, value, trail, error);
    case FIELD_BOOLEAN:
        return json_is_boolean(value) || refuse(error, trail, "must be true or false");
    case FIELD_ENUM:
        return check_enum(field, value, trail, error);
    case FIELD_BASE64URL:
        return check_base64url(field, value, trail, error);
    case FIELD_OBJECT:
        return json_is_object(value) ? check_members(field->of, value, 0, trail, error)
                                     : refuse(error, trail, "must be an object");
    case FIELD_LIST:
        return check_list(field, value, trail, error);
    case FIELD_MAP:
        return check_map(field, value, trail, error);
    case FIELD_ANY:
        return TRUE;
    default:
        return (json_is_string(value) &&
                field_has_form(field->kind, json_string_value(value), json_string_length(value))) ||
               refuse(error, trail, "%s", form_of(field->kind));
    }
}

gboolean fields_validate(const Field *fields, const json_t *members, GError **error)
{
    if (!json_is_object(members))
        return refuse(error, NULL, "must be an object");
    return check_members(fields, members, 0, NULL, error);
}

gboolean fields_validate_act(const Field *fields, const json_t *act, GError **error)
{
    gsize own = json_object_get(act, "lasting") ? 9 : 8;
    return check_members(fields, act, own, NULL, error);
}
