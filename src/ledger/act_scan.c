/* act_scan.c: strict JSON as tokens, and the questions that tokens can answer with yes. See act_scan.h.
 * A token stands for a value or a key; a container's children follow it, and `next` leads past them. */
#include "ledger/act_scan.h"
#include "base/text.h"
#include "ledger/act_private.h"
#include <string.h>

#define SALT_SIZE 16
#define HEX_LENGTH 64
#define NAME_MAX_LENGTH 128
#define KEYS_MAX 64   /* of one object; more go the long way */
#define UNIQUE_MAX 32 /* items compared with each other; more go the long way */
#define OWN_MEMBERS 8 /* of an act: space, lane, node, person, subject, prev, type, salt */

typedef enum { TOKEN_NULL, TOKEN_TRUE, TOKEN_FALSE, TOKEN_INTEGER, TOKEN_TEXT, TOKEN_LIST, TOKEN_OBJECT } TokenKind;

typedef struct {
    guint32 at, length; /* of a text: without its quotes */
    guint32 next;       /* the token after it and its children */
    guint32 count;      /* text: code points; list: items; object: members */
    TokenKind kind;
    gboolean escaped; /* a text holds escapes */
    gboolean breaks;  /* it holds line breaks or tabs */
    gboolean odd;     /* it may hold other control characters */
} Token;

struct ActScan {
    Token *tokens;
    guint32 count, room;
    const char *bytes;
    gsize length, at;
    gboolean beyond_ascii;
};

ActScan *act_scan_new(void)
{
    ActScan *self = g_new0(ActScan, 1);
    self->room = 128;
    self->tokens = g_new(Token, self->room);
    return self;
}

void act_scan_free(ActScan *self)
{
    if (!self)
        return;
    g_free(self->tokens);
    g_free(self);
}

static const Token *token_at(const ActScan *self, guint32 index)
{
    return &self->tokens[index];
}

/* ---- tokens ---- */

static char peek(const ActScan *self)
{
    return self->at < self->length ? self->bytes[self->at] : '\0';
}

static guint32 add_token(ActScan *self, TokenKind kind)
{
    if (self->count == self->room) {
        self->room *= 2;
        self->tokens = g_renew(Token, self->tokens, self->room);
    }
    self->tokens[self->count] = (Token){.at = (guint32)self->at, .kind = kind};
    return self->count++;
}

static void end_token(ActScan *self, guint32 index)
{
    Token *token = &self->tokens[index];
    token->length = (guint32)self->at - token->at;
    token->next = self->count;
}

/* \uXXXX but for surrogates and U+0000, which go the long way; @at stands on the u. */
static gboolean scan_unit(ActScan *self)
{
    guint unit = 0;
    if (self->length - self->at < 5)
        return FALSE;
    for (gsize i = 1; i <= 4; i++) {
        int digit = g_ascii_xdigit_value(self->bytes[self->at + i]);
        if (digit < 0)
            return FALSE;
        unit = unit << 4 | (guint)digit;
    }
    self->at += 5;
    return unit != 0 && (unit < 0xd800 || unit > 0xdfff);
}

static gboolean scan_escape(ActScan *self)
{
    char c = peek(self);
    if (c == 'u')
        return scan_unit(self);
    self->at++;
    return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' || c == 't';
}

/* Skips whole words of plain bytes: ASCII that is no control, quote or backslash. A byte of @special gets its top bit
 * where it isn't plain; borrows may mark a byte too many, never one too few. */
static void skip_plain(ActScan *self)
{
    const guint64 ones = G_GUINT64_CONSTANT(0x0101010101010101), tops = ones << 7;
    while (self->length - self->at >= sizeof(guint64)) {
        guint64 word;
        memcpy(&word, self->bytes + self->at, sizeof word);
        guint64 quote = word ^ ones * '"', backslash = word ^ ones * '\\';
        guint64 special =
            (word - ones * 0x20) | (quote - ones) | (backslash - ones) | ((word ^ ones * 0x7f) - ones) | word;
        if (special & tops)
            return;
        self->at += sizeof word;
    }
}

/* A text; @at stands on its opening quote. */
static gboolean scan_text(ActScan *self)
{
    self->at++;
    guint32 index = add_token(self, TOKEN_TEXT), count = 0;
    gboolean escaped = FALSE, breaks = FALSE, odd = FALSE;
    for (;;) {
        gsize before = self->at;
        skip_plain(self);
        count += (guint32)(self->at - before);
        guchar c = (guchar)peek(self);
        if (c < 0x20)
            return FALSE;
        if (c == '"')
            break;
        self->at++;
        count += (c & 0xc0) != 0x80;
        self->beyond_ascii = self->beyond_ascii || c >= 0x80;
        odd = odd || c == 0x7f || (c == 0xc2 && (guchar)peek(self) < 0xa0);
        if (c != '\\')
            continue;
        escaped = TRUE;
        char what = peek(self);
        breaks = breaks || what == 'n' || what == 'r' || what == 't';
        odd = odd || what == 'b' || what == 'f' || what == 'u';
        if (!scan_escape(self))
            return FALSE;
    }
    end_token(self, index);
    self->tokens[index].count = count;
    self->tokens[index].escaped = escaped;
    self->tokens[index].breaks = breaks;
    self->tokens[index].odd = odd;
    self->at++;
    return TRUE;
}

static gboolean scan_integer(ActScan *self)
{
    guint32 index = add_token(self, TOKEN_INTEGER);
    gsize first = self->at + (peek(self) == '-' ? 1 : 0);
    guint64 value = 0;
    for (self->at = first; g_ascii_isdigit(peek(self)); self->at++) {
        value = value * 10 + (guint64)(peek(self) - '0');
        if (value > INTEGER_MAX)
            return FALSE;
    }
    gsize digits = self->at - first;
    gboolean negative = self->bytes[token_at(self, index)->at] == '-';
    end_token(self, index);
    if (digits == 0 || (self->bytes[first] == '0' && (digits > 1 || negative)))
        return FALSE;
    char after = peek(self); /* no fraction, no exponent */
    return after == ',' || after == '}' || after == ']';
}

static gboolean scan_word(ActScan *self, const char *word, TokenKind kind)
{
    gsize length = strlen(word);
    guint32 index = add_token(self, kind);
    if (self->length - self->at < length || memcmp(self->bytes + self->at, word, length) != 0)
        return FALSE;
    self->at += length;
    end_token(self, index);
    return TRUE;
}

static gboolean scan_value(ActScan *self, guint depth);

static gboolean same_text(const ActScan *self, const Token *a, const Token *b)
{
    return a->length == b->length && memcmp(self->bytes + a->at, self->bytes + b->at, a->length) == 0;
}

/* Is the key @index the first of its name in the object whose first key is @first? Escaped keys go the long way. */
static gboolean key_is_fresh(const ActScan *self, guint32 first, guint32 index)
{
    const Token *key = token_at(self, index);
    for (guint32 i = first; i < index; i = token_at(self, i + 1)->next)
        if (same_text(self, token_at(self, i), key))
            return FALSE;
    return !key->escaped;
}

static gboolean scan_member(ActScan *self, guint32 first, guint depth)
{
    guint32 key = self->count;
    if (peek(self) != '"' || !scan_text(self) || !key_is_fresh(self, first, key) || peek(self) != ':')
        return FALSE;
    self->at++;
    return scan_value(self, depth);
}

/* A list or an object; @at stands on its bracket. */
static gboolean scan_container(ActScan *self, gboolean object, guint depth)
{
    guint32 index = add_token(self, object ? TOKEN_OBJECT : TOKEN_LIST), count = 0;
    char end = object ? '}' : ']';
    if (depth > JSON_DEPTH_MAX)
        return FALSE;
    self->at++;
    while (peek(self) != end) {
        if (count > 0 && (peek(self) != ',' || (object && count >= KEYS_MAX)))
            return FALSE;
        self->at += count > 0 ? 1 : 0;
        if (object ? !scan_member(self, index + 1, depth) : !scan_value(self, depth))
            return FALSE;
        count++;
    }
    self->at++;
    end_token(self, index);
    self->tokens[index].count = count;
    return TRUE;
}

static gboolean scan_value(ActScan *self, guint depth)
{
    char c = peek(self);
    switch (c) {
    case '"':
        return scan_text(self);
    case '{':
    case '[':
        return scan_container(self, c == '{', depth + 1);
    case 'n':
        return scan_word(self, "null", TOKEN_NULL);
    case 't':
        return scan_word(self, "true", TOKEN_TRUE);
    case 'f':
        return scan_word(self, "false", TOKEN_FALSE);
    default:
        return scan_integer(self);
    }
}

static gboolean scan_all(ActScan *self, Span act)
{
    self->count = 0;
    self->beyond_ascii = FALSE;
    self->bytes = act.at;
    self->length = act.length;
    self->at = 0;
    return act.length <= ACT_LIMIT && peek(self) == '{' && scan_value(self, 0) && self->at == self->length &&
           (!self->beyond_ascii || g_utf8_validate_len(act.at, act.length, NULL));
}

/* ---- fields ---- */

/* The value of member @name of the object @object; NULL: none. */
static const Token *member(const ActScan *self, const Token *object, const char *name)
{
    gsize length = strlen(name);
    for (const Token *key = object + 1; key < token_at(self, object->next); key = token_at(self, key[1].next))
        if (key->length == length && memcmp(self->bytes + key->at, name, length) == 0)
            return key + 1;
    return NULL;
}

static gboolean value_passes(const ActScan *self, const Field *field, const Token *value);

static gboolean members_pass(const ActScan *self, const Field *fields, const Token *object, guint own)
{
    guint known = own;
    for (const Field *field = fields; field && field->name; field++) {
        const Token *value = member(self, object, field->name);
        if (value ? !value_passes(self, field, value) : !(field->flags & FIELD_OPTIONAL))
            return FALSE;
        known += value != NULL;
    }
    return known == object->count;
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
            if (same_text(self, other, item))
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
    case FIELD_OBJECT:
        return value->kind == TOKEN_OBJECT && members_pass(self, field->of, value, 0);
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
static gboolean repeats_header(const ActScan *self, const Header *header)
{
    const Token *act = token_at(self, 0);
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

static const ActType *find_type(const ActScan *self, const ActTypes *types)
{
    const Token *type = member(self, token_at(self, 0), "type");
    char name[NAME_MAX_LENGTH];
    if (!type || type->kind != TOKEN_TEXT || type->escaped || type->length >= sizeof name)
        return NULL;
    memcpy(name, self->bytes + type->at, type->length);
    name[type->length] = '\0';
    return act_types_find(types, name);
}

/* Does a verdict need more than the tables? */
static gboolean is_plain(const ActType *type)
{
    return type->effect == ACT_PLAIN && !type->check && !(type->flags & (ACT_EXCLUSIVE | ACT_LASTING));
}

static const ActType *examine_quickly(ActScan *self, const ActTypes *types, const Header *header, Span act)
{
    if (!scan_all(self, act) || !repeats_header(self, header))
        return NULL;
    const ActType *type = find_type(self, types);
    if (!type || !is_plain(type) || !salt_is_good(self, member(self, token_at(self, 0), "salt")) ||
        !members_pass(self, type->fields, token_at(self, 0), OWN_MEMBERS))
        return NULL;
    return type;
}

/* ---- the long way ---- */

void act_findings_clear(ActFindings *self)
{
    g_clear_pointer(&self->tree, json_decref);
}

static const char *fault_of(const ActType *type, const json_t *act)
{
    const char *salt = json_text(act, "salt");
    guint8 bytes[SALT_SIZE];
    if (!fields_validate_act(type->fields, act, NULL))
        return "does not keep the fields of its type";
    if (strlen(salt) != 2 * SALT_SIZE || !hex_read(salt, bytes, SALT_SIZE))
        return "salt is not 32 hexadecimal digits";
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
