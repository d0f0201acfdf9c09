/* act_tokens.c: strict JSON as tokens. See act_tokens.h. */
#include "ledger/act_tokens.h"
#include "base/json.h"
#include "ledger/record.h"
#include <string.h>

#define KEYS_MAX 64 /* of one object; more go the long way */

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

/* The first byte from @at on that isn't plain: a control, a quote, a backslash, or beyond ASCII. Whole words at a time: a
 * byte of @special gets its top bit where it isn't plain; borrows may mark a higher byte too many, never the lowest. */
static const char *skip_plain(const char *at, const char *end)
{
    const guint64 ones = G_GUINT64_CONSTANT(0x0101010101010101), tops = ones << 7;
    for (; (gsize)(end - at) >= sizeof(guint64); at += sizeof(guint64)) {
        guint64 word;
        memcpy(&word, at, sizeof word);
        word = GUINT64_FROM_LE(word);
        guint64 quote = word ^ ones * '"', backslash = word ^ ones * '\\', del = word ^ ones * 0x7f;
        guint64 special = ((word - ones * 0x20) | (quote - ones) | (backslash - ones) | (del - ones) | word) & tops;
        if (special)
            return at + __builtin_ctzll(special) / 8;
    }
    while (at < end && (guchar)*at >= 0x20 && (guchar)*at < 0x7f && *at != '"' && *at != '\\')
        at++;
    return at;
}

/* An escape; @at stands behind its backslash. */
static gboolean scan_escaped(ActScan *self, Token *text, guint32 *hidden)
{
    gsize before = self->at;
    char what = peek(self);
    text->escaped = TRUE;
    text->breaks = text->breaks || what == 'n' || what == 'r' || what == 't';
    text->odd = text->odd || what == 'b' || what == 'f' || what == 'u';
    if (!scan_escape(self))
        return FALSE;
    *hidden += (guint32)(self->at - before);
    return TRUE;
}

/* A text; @at stands on its opening quote. */
static gboolean scan_text(ActScan *self)
{
    const char *end = self->bytes + self->length;
    guint32 hidden = 0; /* bytes that are no code point of their own */
    self->at++;
    guint32 index = add_token(self, TOKEN_TEXT);
    Token *text = &self->tokens[index];
    for (;;) {
        self->at = (gsize)(skip_plain(self->bytes + self->at, end) - self->bytes);
        guchar c = (guchar)peek(self);
        if (c < 0x20)
            return FALSE;
        if (c == '"')
            break;
        self->at++;
        if (c == '\\') {
            if (!scan_escaped(self, text, &hidden))
                return FALSE;
            continue;
        }
        self->beyond_ascii = self->beyond_ascii || c >= 0x80;
        hidden += (c & 0xc0) == 0x80;
        text->odd = text->odd || c == 0x7f || (c == 0xc2 && (guchar)peek(self) < 0xa0);
    }
    end_token(self, index);
    text->count = text->length - hidden;
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

/* Is the key @index the first of its name in the object whose first key is @first? Escaped keys go the long way. */
static gboolean key_is_fresh(const ActScan *self, guint32 first, guint32 index)
{
    const Token *key = token_at(self, index);
    for (guint32 i = first; i < index; i = token_at(self, i + 1)->next)
        if (token_same(self, token_at(self, i), key))
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

gboolean act_tokens_scan(ActScan *self, Span act)
{
    self->count = 0;
    self->beyond_ascii = FALSE;
    self->bytes = act.at;
    self->length = act.length;
    self->at = 0;
    return act.length <= ACT_LIMIT && peek(self) == '{' && scan_value(self, 0) && self->at == self->length &&
           (!self->beyond_ascii || g_utf8_validate_len(act.at, act.length, NULL));
}
