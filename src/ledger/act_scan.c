/* act_scan.c: the questions about an act that its tokens can answer with yes. See act_scan.h. */
#include "ledger/act_scan.h"
#include "base/text.h"
#include "ledger/act_private.h"
#include "ledger/act_tokens.h"
#include <string.h>

#define SALT_SIZE 16
#define HEX_LENGTH 64
#define NAME_MAX_LENGTH 128
#define UNIQUE_MAX 32 /* items compared with each other; more go the long way */
#define OWN_MEMBERS 8 /* of an act: space, lane, node, person, subject, prev, type, salt */

/* ---- fields ---- */

/* Members one after the other. They mostly stand in the order in which they are asked for, so a look begins behind the
 * one found last. */
typedef struct {
    const Token *object;
    const Token *next; /* a key of the object, or its end */
} Members;

static Members members_of(const Token *object)
{
    return (Members){object, object + 1};
}

static gboolean is_key(const ActScan *self, const Token *key, const char *name, gsize length)
{
    return key->length == length && memcmp(self->bytes + key->at, name, length) == 0;
}

/* The value of member @name; NULL: none. */
static const Token *member(const ActScan *self, Members *in, const char *name)
{
    gsize length = strlen(name);
    const Token *key = in->next, *end = token_at(self, in->object->next);
    if (key == end || !is_key(self, key, name, length))
        for (key = in->object + 1; key < end && !is_key(self, key, name, length);)
            key = token_at(self, key[1].next);
    if (key == end)
        return NULL;
    in->next = token_at(self, key[1].next);
    return key + 1;
}

static gboolean value_passes(const ActScan *self, const Field *field, const Token *value);

static gboolean members_pass(const ActScan *self, const Field *fields, Members *in, guint own)
{
    guint known = own;
    for (const Field *field = fields; field && field->name; field++) {
        const Token *value = member(self, in, field->name);
        if (value ? !value_passes(self, field, value) : !(field->flags & FIELD_OPTIONAL))
            return FALSE;
        known += value != NULL;
    }
    return known == in->object->count;
}

static gboolean integer_passes(const ActScan *self, const Field *field, const Token *value)
{
    gint64 number = g_ascii_strtoll(self->bytes + value->at, NULL, 10); /* ends at the byte that follows it */
    return number >= field->min && number <= field_greatest(field);
}

static gboolean enum_passes(const ActScan *self, const Field *field, const Token *value)
{
    for (const char *const *one = field->values; *one; one++)
        if (strlen(*one) == value->length && memcmp(*one, self->bytes + value->at, value->length) == 0)
            return TRUE;
    return FALSE;
}

static gboolean items_differ(const ActScan *self, const Token *list)
{
    if (list->count > UNIQUE_MAX)
        return FALSE;
    const Token *end = list + (list->next - (guint32)(list - token_at(self, 0)));
    for (const Token *item = list + 1; item < end; item++) {
        if (item->kind != TOKEN_TEXT || item->escaped)
            return FALSE;
        for (const Token *other = list + 1; other < item; other++)
            if (token_same(self, other, item))
                return FALSE;
    }
    return TRUE;
}

static gboolean children_pass(const ActScan *self, const Field *field, const Token *value)
{
    gboolean map = field->kind == FIELD_MAP;
    gint64 max = field_limit(field, ITEMS_MAX);
    if (value->kind != (map ? TOKEN_OBJECT : TOKEN_LIST) || value->count < field->min || value->count > max)
        return FALSE;
    const Token *child = value + 1;
    for (guint32 i = 0; i < value->count; i++) {
        child += map ? 1 : 0;
        if (!value_passes(self, field->of, child))
            return FALSE;
        child = token_at(self, 0) + child->next;
    }
    return !(field->flags & FIELD_UNIQUE) || value->count < 2 || items_differ(self, value);
}

static gboolean text_passes(const Field *field, const Token *value)
{
    gboolean allowed = field->flags & FIELD_VERBATIM ||
                       (!value->odd && (!value->breaks || field->flags & FIELD_LINES)); /* as field_allows() */
    return value->kind == TOKEN_TEXT && value->count >= field->min && value->count <= field_limit(field, TEXT_MAX) &&
           allowed;
}

static gboolean value_passes(const ActScan *self, const Field *field, const Token *value)
{
    if (value->kind == TOKEN_NULL)
        return (field->flags & FIELD_NULLABLE) || field->kind == FIELD_ANY;
    switch (field->kind) {
    case FIELD_ANY:
        return TRUE;
    case FIELD_TEXT:
        return text_passes(field, value);
    case FIELD_INTEGER:
        return value->kind == TOKEN_INTEGER && integer_passes(self, field, value);
    case FIELD_BOOLEAN:
        return value->kind == TOKEN_TRUE || value->kind == TOKEN_FALSE;
    case FIELD_ENUM:
        return value->kind == TOKEN_TEXT && enum_passes(self, field, value);
    case FIELD_OBJECT: {
        Members in = members_of(value);
        return value->kind == TOKEN_OBJECT && members_pass(self, field->of, &in, 0);
    }
    case FIELD_LIST:
    case FIELD_MAP:
        return children_pass(self, field, value);
    case FIELD_BASE64URL: /* only decoding tells, and only lasting acts hold it */
        return FALSE;
    default:
        return value->kind == TOKEN_TEXT && field_has_form(field->kind, self->bytes + value->at, value->length);
    }
}

/* ---- the ledger's own members ---- */

static gboolean repeats(const ActScan *self, const Token *value, Span expected)
{
    return value && value->kind == TOKEN_TEXT && !value->escaped && value->length == expected.length &&
           memcmp(self->bytes + value->at, expected.at, expected.length) == 0;
}

static gboolean repeats_prev(const ActScan *self, const Token *value, const Header *header)
{
    if (!value || value->kind != TOKEN_LIST || value->count != header->prev_count)
        return FALSE;
    for (guint32 i = 0; i < value->count; i++)
        if (!repeats(self, value + 1 + i, (Span){header->prev + i * (HEX_LENGTH + 3), HEX_LENGTH}))
            return FALSE;
    return TRUE;
}

/* Lasting acts, the charter among them, go the long way: verdicts need their trees. */
static gboolean repeats_header(const ActScan *self, Members *act, const Header *header)
{
    return !header->lasting && repeats(self, member(self, act, "space"), header->space) &&
           repeats(self, member(self, act, "lane"), header->lane) &&
           repeats(self, member(self, act, "node"), header->node) &&
           repeats(self, member(self, act, "person"), header->person) &&
           repeats(self, member(self, act, "subject"), header->subject) &&
           repeats_prev(self, member(self, act, "prev"), header) && !member(self, act, "lasting");
}

static gboolean salt_is_good(const ActScan *self, const Token *salt)
{
    guint8 bytes[SALT_SIZE];
    return salt && salt->kind == TOKEN_TEXT && salt->length == 2 * SALT_SIZE &&
           hex_read(self->bytes + salt->at, bytes, SALT_SIZE);
}

static const ActType *find_type(ActScan *self, const ActTypes *types, Members *act)
{
    const Token *type = member(self, act, "type");
    char name[NAME_MAX_LENGTH];
    if (!type || type->kind != TOKEN_TEXT || type->escaped || type->length >= sizeof name)
        return NULL;
    const ActType *last = self->last_types == types ? self->last_type : NULL;
    if (last && is_key(self, type, last->name, strlen(last->name)))
        return last;
    memcpy(name, self->bytes + type->at, type->length);
    name[type->length] = '\0';
    self->last_types = types;
    return self->last_type = act_types_find(types, name);
}

/* Does a verdict need more than the tables? */
static gboolean is_plain(const ActType *type)
{
    return type->effect == ACT_PLAIN && !type->check && !(type->flags & (ACT_EXCLUSIVE | ACT_LASTING));
}

/* ACT_CORRECTS. */
static gboolean corrects_something(const ActScan *self, const ActType *type)
{
    for (const ActSet *set = type->sets; set && set->field; set++) {
        Members act = members_of(token_at(self, 0));
        if (set->member && member(self, &act, set->member))
            return TRUE;
    }
    return FALSE;
}

static const ActType *examine_quickly(ActScan *self, const ActTypes *types, const Header *header, Span act)
{
    if (!act_tokens_scan(self, act))
        return NULL;
    Members members = members_of(token_at(self, 0));
    if (!repeats_header(self, &members, header))
        return NULL;
    const ActType *type = find_type(self, types, &members);
    if (!type || !is_plain(type) || !salt_is_good(self, member(self, &members, "salt")) ||
        !members_pass(self, type->fields, &members, OWN_MEMBERS) ||
        (type->flags & ACT_CORRECTS && !corrects_something(self, type)))
        return NULL;
    return type;
}

/* ---- blobs ---- */

gboolean act_scan_blobs(const ActScan *self, ActBlobEach each, gpointer data)
{
    static const char prefix[] = "sha256:";
    const gsize length = sizeof prefix - 1;
    for (guint32 i = 0; i < self->count; i++) {
        const Token *object = token_at(self, i), *text = NULL;
        Members in = members_of(object);
        Hash hash;
        if (object->kind == TOKEN_OBJECT)
            text = member(self, &in, "sha256");
        if (!text || text->kind != TOKEN_TEXT)
            continue;
        if (text->escaped)
            return FALSE;
        const char *at = self->bytes + text->at;
        if (text->length != length + HEX_LENGTH || memcmp(at, prefix, length) != 0 || !hash_read(at + length, &hash))
            continue;
        const Token *size = member(self, &in, "size");
        each(data, &hash, size && size->kind == TOKEN_INTEGER ? g_ascii_strtoll(self->bytes + size->at, NULL, 10) : -1);
    }
    return TRUE;
}

/* ---- the long way ---- */

void act_findings_clear(ActFindings *self)
{
    g_clear_pointer(&self->tree, json_decref);
}

static gboolean tree_corrects(const ActType *type, const json_t *act)
{
    for (const ActSet *set = type->sets; set && set->field; set++)
        if (set->member && json_object_get(act, set->member))
            return TRUE;
    return FALSE;
}

static const char *fault_of(const ActType *type, const json_t *act)
{
    const char *salt = json_text(act, "salt");
    guint8 bytes[SALT_SIZE];
    if (!fields_validate_act(type->fields, act, NULL))
        return "does not keep the fields of its type";
    if (strlen(salt) != 2 * SALT_SIZE || !hex_read(salt, bytes, SALT_SIZE))
        return "salt is not 32 hexadecimal digits";
    if (type->flags & ACT_CORRECTS && !tree_corrects(type, act))
        return "corrects nothing";
    return type->check ? type->check(act) : NULL;
}

void act_examine_tree(const ActTypes *types, json_t *tree, ActFindings *out)
{
    const ActType *type = act_types_find(types, json_text(tree, "type"));
    *out = (ActFindings){TRUE, type, type ? fault_of(type, tree) : NULL, json_incref(tree)};
}

void act_examine(const ActTypes *types, const Header *header, Span act, ActScan *scan, ActFindings *out)
{
    const char *reason;
    *out = (ActFindings){0};
    if (!act.at || act.length > ACT_LIMIT)
        return;
    Hash hash = sha256(act.at, act.length);
    if (!hash_equal(&hash, &header->act))
        return;
    const ActType *type = examine_quickly(scan, types, header, act);
    if (type) {
        *out = (ActFindings){TRUE, type, NULL, NULL};
        return;
    }
    g_autoptr(json_t) tree = act_read(header, act.at, act.length, &reason);
    if (tree)
        act_examine_tree(types, tree, out);
}
