/* base/text.c: see text.h. libsodium decodes base64 strictly (GLib's decoder skips what it does not know); GLib's
 * GDate counts the days. */
#include "base/text.h"
#include <sodium.h>
#include <string.h>

#define MS_PER_DAY G_GINT64_CONSTANT(86400000)
#define EPOCH_JULIAN 719163                            /* 1970-01-01 as GDate counts: day 1 is 0001-01-01 */
#define TIME_MS_MAX G_GINT64_CONSTANT(253402300799999) /* 9999-12-31T23:59:59.999Z */

static const char hex_digits[] = "0123456789abcdef";

void hex_write(char *out, gconstpointer bytes, gsize length)
{
    const guint8 *from = bytes;
    for (gsize n = 0; n < length; n++) {
        out[2 * n] = hex_digits[from[n] >> 4];
        out[2 * n + 1] = hex_digits[from[n] & 15];
    }
    out[2 * length] = '\0';
}

char *hex_encode(gconstpointer bytes, gsize length)
{
    char *text = g_malloc(2 * length + 1);
    hex_write(text, bytes, length);
    return text;
}

/* One more than a lower-case hex digit's value; 0 for anything else. */
static const guint8 hex_values[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

gboolean hex_read(const char *text, gpointer out, gsize length)
{
    guint8 *to = out;
    for (gsize n = 0; n < length; n++) {
        guint high = hex_values[(guchar)text[2 * n]];
        if (high == 0) /* before the second digit, which may lie behind the 0 */
            return FALSE;
        guint low = hex_values[(guchar)text[2 * n + 1]];
        if (low == 0)
            return FALSE;
        to[n] = (guint8)((high - 1) << 4 | (low - 1));
    }
    return TRUE;
}

GBytes *hex_decode(const char *text)
{
    gsize digits = strlen(text);
    if (digits % 2 != 0)
        return NULL;
    g_autofree guint8 *bytes = g_malloc(digits / 2 + 1);
    if (!hex_read(text, bytes, digits / 2))
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&bytes), digits / 2);
}

static char *encode(gconstpointer bytes, gsize length, int variant)
{
    gsize room = sodium_base64_encoded_len(length, variant);
    char *text = g_malloc(room);
    sodium_bin2base64(text, room, bytes, length, variant);
    return text;
}

static GBytes *decode(const char *text, gssize length, int variant)
{
    gsize given = length < 0 ? strlen(text) : (gsize)length;
    for (gsize n = 0; n < given; n++)
        if (!g_ascii_isgraph(text[n])) /* libsodium 1.0.18 takes some bytes above 0x7f for digits */
            return NULL;
    gsize room = given / 4 * 3 + 3;
    g_autofree guint8 *bytes = g_malloc(room);
    gsize written = 0;
    if (sodium_base642bin(bytes, room, text, given, NULL, &written, NULL, variant) != 0)
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&bytes), written);
}

char *base64url_encode(gconstpointer bytes, gsize length)
{
    return encode(bytes, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

GBytes *base64url_decode(const char *text, gssize length)
{
    return decode(text, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

char *base64_encode(gconstpointer bytes, gsize length)
{
    return encode(bytes, length, sodium_base64_VARIANT_ORIGINAL);
}

GBytes *base64_decode(const char *text, gssize length)
{
    return decode(text, length, sodium_base64_VARIANT_ORIGINAL);
}

/* @value as @count decimal digits with leading zeroes. */
static void write_digits(char *out, guint value, gsize count)
{
    for (gsize n = count; n > 0; n--, value /= 10)
        out[n - 1] = (char)('0' + value % 10);
}

/* Exactly @count decimal digits. */
static gboolean read_digits(const char *text, gsize count, guint *value)
{
    *value = 0;
    for (gsize n = 0; n < count; n++) {
        if (!g_ascii_isdigit(text[n]))
            return FALSE;
        *value = *value * 10 + (guint)(text[n] - '0');
    }
    return TRUE;
}

void time_write(char out[TIME_TEXT_SIZE], gint64 unix_ms)
{
    gint64 moment = CLAMP(unix_ms, 0, TIME_MS_MAX);
    guint in_day = (guint)(moment % MS_PER_DAY);
    GDate day;
    g_date_clear(&day, 1);
    g_date_set_julian(&day, (guint32)(moment / MS_PER_DAY) + EPOCH_JULIAN);
    memcpy(out, "YYYY-MM-DDThh:mm:ss.mmmZ", TIME_TEXT_SIZE);
    write_digits(out, g_date_get_year(&day), 4);
    write_digits(out + 5, (guint)g_date_get_month(&day), 2);
    write_digits(out + 8, g_date_get_day(&day), 2);
    write_digits(out + 11, in_day / 3600000, 2);
    write_digits(out + 14, in_day / 60000 % 60, 2);
    write_digits(out + 17, in_day / 1000 % 60, 2);
    write_digits(out + 20, in_day % 1000, 3);
}

char *time_text(gint64 unix_ms)
{
    char *text = g_malloc(TIME_TEXT_SIZE);
    time_write(text, unix_ms);
    return text;
}

gboolean time_read(const char *text, gssize length, gint64 *unix_ms)
{
    gsize given = length < 0 ? strlen(text) : (gsize)length;
    if (given != TIME_TEXT_SIZE - 1 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
        text[16] != ':' || text[19] != '.' || text[23] != 'Z')
        return FALSE;
    guint year, month, day_of_month, hour, minute, second, ms;
    if (!read_digits(text, 4, &year) || !read_digits(text + 5, 2, &month) || !read_digits(text + 8, 2, &day_of_month) ||
        !read_digits(text + 11, 2, &hour) || !read_digits(text + 14, 2, &minute) ||
        !read_digits(text + 17, 2, &second) || !read_digits(text + 20, 3, &ms))
        return FALSE;
    if (year < 1970 || hour > 23 || minute > 59 || second > 59 ||
        !g_date_valid_dmy((GDateDay)day_of_month, (GDateMonth)month, (GDateYear)year))
        return FALSE;
    GDate day;
    g_date_clear(&day, 1);
    g_date_set_dmy(&day, (GDateDay)day_of_month, (GDateMonth)month, (GDateYear)year);
    guint in_day = ((hour * 60 + minute) * 60 + second) * 1000 + ms;
    *unix_ms = (gint64)(g_date_get_julian(&day) - EPOCH_JULIAN) * MS_PER_DAY + in_day;
    return TRUE;
}

void uuid7_write(char out[UUID_TEXT_SIZE], const Env *env)
{
    guint8 bytes[16];
    env_random(env, bytes, sizeof bytes);
    guint64 now = GUINT64_TO_BE((guint64)env_now_ms(env) << 16); /* 48 bits of milliseconds come first */
    memcpy(bytes, &now, 6);
    bytes[6] = (guint8)((bytes[6] & 0x0f) | 0x70); /* version 7 */
    bytes[8] = (guint8)((bytes[8] & 0x3f) | 0x80); /* variant */
    static const guint8 groups[] = {4, 2, 2, 2, 6};
    const guint8 *from = bytes;
    char *to = out;
    for (gsize n = 0; n < sizeof groups; n++) {
        hex_write(to, from, groups[n]);
        from += groups[n];
        to += 2 * groups[n];
        *to++ = n + 1 < sizeof groups ? '-' : '\0';
    }
}

char *uuid7_new(const Env *env)
{
    char *text = g_malloc(UUID_TEXT_SIZE);
    uuid7_write(text, env);
    return text;
}

gboolean uuid_is_valid(const char *text, gssize length)
{
    gsize given = length < 0 ? strlen(text) : (gsize)length;
    if (given != UUID_TEXT_SIZE - 1)
        return FALSE;
    for (gsize n = 0; n < given; n++) {
        gboolean dash = n == 8 || n == 13 || n == 18 || n == 23;
        if (dash ? text[n] != '-' : hex_values[(guchar)text[n]] == 0)
            return FALSE;
    }
    return TRUE;
}

/* ---- order ---- */

gint text_compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* ---- terminals ---- */

char *text_printable(const char *text, const char *keep)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_new(NULL);
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (g_unichar_iscntrl(c) && !(c < 0x80 && strchr(keep, (int)c)))
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}
