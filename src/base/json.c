/* base/json.c: strict JSON is a small scan in front of jansson. The scan refuses what jansson would let pass (numbers,
 * depth, lone values) or would report with a piece of the input in its sentence; the grammar itself and duplicate keys
 * stay jansson's. The scan need not understand JSON: strings and runs of digits stand out in any JSON text, and what is
 * no JSON at all is refused afterwards. */
#include "base/json.h"
#include "base/error.h"
#include <string.h>

#define INTEGER_DIGITS_MAX 16 /* of 2^53 - 1 = 9007199254740991 */
#define INTEGER_MAX G_GINT64_CONSTANT(9007199254740991)

typedef struct {
    const char *at;
    const char *end;
    const char *fault; /* the rule that is broken; NULL: none */
} Scan;

/* Notes the broken rule; the first one stands. Returns FALSE. */
static gboolean broken(Scan *self, const char *rule)
{
    self->fault = rule;
    return FALSE;
}

/* The four hex digits of a \u escape at @text; -1 where they are none. */
static int escaped_unit(const char *text, const char *end)
{
    if (end - text < 4)
        return -1;
    int unit = 0;
    for (int n = 0; n < 4; n++) {
        int digit = g_ascii_xdigit_value(text[n]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* A \u escape, with the one that completes it; @at stands on the first digit. */
static gboolean scan_unicode(Scan *self)
{
    int unit = escaped_unit(self->at, self->end);
    if (unit < 0)
        return broken(self, "not JSON: bad \\u escape");
    if (unit == 0)
        return broken(self, "U+0000 is not allowed");
    if (unit < 0xd800 || unit > 0xdfff) {
        self->at += 4;
        return TRUE;
    }
    const char *next = self->at + 4;
    int low = self->end - next >= 6 && next[0] == '\\' && next[1] == 'u' ? escaped_unit(next + 2, self->end) : -1;
    if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
        return broken(self, "lone surrogate");
    self->at += 10;
    return TRUE;
}

/* A string; @at stands behind the opening quote. */
static gboolean scan_string(Scan *self)
{
    while (self->at < self->end) {
        char c = *self->at++;
        if (c == '"')
            return TRUE;
        if (c != '\\')
            continue;
        if (self->at == self->end)
            break;
        if (*self->at++ == 'u' && !scan_unicode(self))
            return FALSE;
    }
    return broken(self, "not JSON: a string does not end");
}

/* A number; @at stands on its minus sign or first digit. */
static gboolean scan_number(Scan *self)
{
    gboolean negative = *self->at == '-';
    const char *first = self->at + (negative ? 1 : 0);
    const char *last = first;
    gint64 value = 0;
    while (last < self->end && g_ascii_isdigit(*last)) {
        if (last - first < INTEGER_DIGITS_MAX)
            value = value * 10 + (*last - '0');
        last++;
    }
    char next = last < self->end ? *last : '\0';
    if (last == first)
        return broken(self, "not JSON: a minus sign without a number");
    if (next == '.')
        return broken(self, "numbers are integers: no fraction");
    if (next == 'e' || next == 'E')
        return broken(self, "numbers are integers: no exponent");
    if (*first == '0' && last - first > 1)
        return broken(self, "not JSON: a leading zero");
    if (negative && *first == '0')
        return broken(self, "-0 is not allowed");
    if (last - first > INTEGER_DIGITS_MAX || value > INTEGER_MAX)
        return broken(self, "integer out of range: at most 9007199254740991 (2^53 - 1)");
    self->at = last;
    return TRUE;
}

static gboolean scan_all(Scan *self)
{
    int depth = 0;
    while (self->at < self->end) {
        char c = *self->at;
        if (c == '-' || g_ascii_isdigit(c)) {
            if (!scan_number(self))
                return FALSE;
            continue;
        }
        if ((c == '{' || c == '[') && ++depth > JSON_DEPTH_MAX)
            return broken(self, "nested more than 16 deep");
        self->at++;
        if (c == '}' || c == ']')
            depth--;
        if (c == '"' && !scan_string(self))
            return FALSE;
    }
    return TRUE;
}

static json_t *refuse(GError **error, gsize at, const char *rule)
{
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "Not strict JSON at byte %" G_GSIZE_FORMAT ": %s.", at,
                rule);
    return NULL;
}

/* jansson's own sentences quote the input; these don't. */
static const char *rule_of(const json_error_t *told)
{
    switch (json_error_code(told)) {
    case json_error_duplicate_key:
        return "a key stands twice in one object";
    case json_error_premature_end_of_input:
        return "not JSON: it ends too early";
    case json_error_end_of_input_expected:
        return "not JSON: something follows the object";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "U+0000 is not allowed";
    case json_error_invalid_utf8:
        return "not UTF-8";
    default:
        return "not JSON";
    }
}

/* What can be said before the scan: size, encoding, and what stands first. */
static gboolean check_outside(const char *bytes, gsize length, gsize limit, GError **error)
{
    if (length == 0)
        return refuse(error, 0, "there is nothing") != NULL;
    if (length > limit) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID,
                    "Not strict JSON: %" G_GSIZE_FORMAT " bytes, and at most %" G_GSIZE_FORMAT " are allowed.", length,
                    limit);
        return FALSE;
    }
    if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        return refuse(error, 0, "a byte order mark (BOM)") != NULL;
    const char *good = NULL;
    if (!g_utf8_validate_len(bytes, length, &good)) {
        gsize at = (gsize)(good - bytes);
        return refuse(error, at, bytes[at] == '\0' ? "U+0000 is not allowed" : "not UTF-8") != NULL;
    }
    gsize start = 0;
    while (start < length && strchr(" \t\r\n", bytes[start]) != NULL)
        start++;
    if (start == length || bytes[start] != '{')
        return refuse(error, start, "there must be an object at the top") != NULL;
    return TRUE;
}

json_t *json_strict_parse(const char *bytes, gsize length, gsize limit, GError **error)
{
    if (!check_outside(bytes, length, limit, error))
        return NULL;
    Scan scan = {.at = bytes, .end = bytes + length, .fault = NULL};
    if (!scan_all(&scan))
        return refuse(error, (gsize)(scan.at - bytes), scan.fault);
    json_error_t told;
    json_t *value = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &told);
    if (value == NULL)
        return refuse(error, (gsize)MAX(told.position, 0), rule_of(&told));
    return value;
}

char *json_compact(const json_t *value, gsize *length)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    g_assert(text != NULL); /* jansson refuses only what it did not build itself */
    if (length != NULL)
        *length = strlen(text);
    return text;
}

json_t *json_texts(const char *const *texts)
{
    json_t *list = json_array();
    for (; texts && *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

const char *json_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

gint64 json_integer_or(const json_t *object, const char *key, gint64 fallback)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? (gint64)json_integer_value(value) : fallback;
}

gboolean json_is_true_at(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}
