/* record.c: the header, read and written. See record.h. */
#include "ledger/record.h"
#include "base/text.h"
#include <string.h>

#define HEX_LENGTH 64
#define PREV_STRIDE 67 /* "<64 hex>", */
#define UUID_LENGTH 36
#define TIME_LENGTH 24
#define ID_MAX 64

gboolean span_equal(Span self, const char *text)
{
    return strlen(text) == self.length && memcmp(self.at, text, self.length) == 0;
}

char *span_text(Span self)
{
    return g_strndup(self.at, self.length);
}

/* The value of a lower-case hex digit with the top bit set, 0 for anything else. Half of a header is hex: with a table,
 * and one look at the end whether all were digits, that half is cheap. */
#define DIGIT(value) (0x80 | (value))
static const guint8 hex_digits[256] = {
    ['0'] = DIGIT(0),  ['1'] = DIGIT(1),  ['2'] = DIGIT(2),  ['3'] = DIGIT(3),  ['4'] = DIGIT(4),  ['5'] = DIGIT(5),
    ['6'] = DIGIT(6),  ['7'] = DIGIT(7),  ['8'] = DIGIT(8),  ['9'] = DIGIT(9),  ['a'] = DIGIT(10), ['b'] = DIGIT(11),
    ['c'] = DIGIT(12), ['d'] = DIGIT(13), ['e'] = DIGIT(14), ['f'] = DIGIT(15),
};

/* What a byte may stand in. */
enum { IN_NODE = 1, IN_ID = 2 };
static const guint8 name_bytes[256] = {
    ['0' ... '9'] = IN_NODE | IN_ID,
    ['a' ... 'z'] = IN_NODE | IN_ID,
    ['A' ... 'Z'] = IN_ID,
    ['-'] = IN_NODE | IN_ID,
    ['.'] = IN_NODE,
};

static gboolean all_in(const char *text, gsize length, guint8 where)
{
    guint8 all = where;
    for (gsize i = 0; i < length; i++)
        all &= name_bytes[(guchar)text[i]];
    return all != 0;
}

static gboolean all_hex(const char *text, gsize length)
{
    guint8 all = 0x80;
    for (gsize i = 0; i < length; i++)
        all &= hex_digits[(guchar)text[i]];
    return all != 0;
}

static gboolean read_hash(const char *text, Hash *out)
{
    guint8 all = 0x80;
    for (gsize i = 0; i < HASH_SIZE; i++) {
        guint8 high = hex_digits[(guchar)text[2 * i]], low = hex_digits[(guchar)text[2 * i + 1]];
        out->bytes[i] = (guint8)(high << 4 | (low & 0x0f));
        all &= high & low;
    }
    return all != 0;
}

gboolean node_name_is_valid(const char *text, gsize length)
{
    return length > 0 && length <= NODE_NAME_MAX && all_in(text, length, IN_NODE);
}

gboolean id_is_valid(const char *text, gsize length)
{
    return length <= ID_MAX && all_in(text, length, IN_ID);
}

gboolean subject_is_entity(const char *subject, gsize length)
{
    const char *slash = memchr(subject, '/', length);
    if (!slash)
        return FALSE;
    gsize node = (gsize)(slash - subject);
    return node_name_is_valid(subject, node) && id_is_valid(slash + 1, length - node - 1);
}

/* ---- scanning ---- */

typedef struct {
    const char *at;
    const char *end;
} Scan;

static gboolean skip(Scan *self, const char *text, gsize length)
{
    if ((gsize)(self->end - self->at) < length || memcmp(self->at, text, length) != 0)
        return FALSE;
    self->at += length;
    return TRUE;
}

#define SKIP(scan, literal) skip(scan, literal, sizeof(literal) - 1)

/* @length bytes that @out then spans. */
static gboolean take(Scan *self, gsize length, Span *out)
{
    if ((gsize)(self->end - self->at) < length)
        return FALSE;
    *out = (Span){self->at, length};
    self->at += length;
    return TRUE;
}

/* The bytes before the next quote, which is skipped. What they may be is the caller's to check. */
static gboolean take_text(Scan *self, Span *out)
{
    const char *quote = memchr(self->at, '"', (gsize)(self->end - self->at));
    if (!quote)
        return FALSE;
    *out = (Span){self->at, (gsize)(quote - self->at)};
    self->at = quote + 1;
    return TRUE;
}

static gboolean take_hash(Scan *self, Hash *out)
{
    Span hex;
    return take(self, HEX_LENGTH, &hex) && read_hash(hex.at, out);
}

/* 0 to 2^53-1, without a leading zero. */
static gboolean take_integer(Scan *self, guint64 *out)
{
    const char *first = self->at;
    guint64 value = 0;
    while (self->at < self->end && *self->at >= '0' && *self->at <= '9') {
        value = value * 10 + (guint64)(*self->at++ - '0');
        if (value > INTEGER_MAX)
            return FALSE;
    }
    gsize digits = (gsize)(self->at - first);
    *out = value;
    return digits == 1 || (digits > 1 && *first != '0');
}

/* v, space, lane, node, epoch: which feed it is of. */
static gboolean scan_feed(Scan *scan, Header *out)
{
    return SKIP(scan, "{\"v\":1,\"space\":\"") && take(scan, UUID_LENGTH, &out->space) &&
           uuid_is_valid(out->space.at, UUID_LENGTH) && SKIP(scan, "\",\"lane\":\"") &&
           take(scan, HEX_LENGTH, &out->lane) && all_hex(out->lane.at, HEX_LENGTH) && SKIP(scan, "\",\"node\":\"") &&
           take_text(scan, &out->node) && node_name_is_valid(out->node.at, out->node.length) &&
           SKIP(scan, ",\"epoch\":\"") && take(scan, EPOCH_SIZE, &out->epoch) && all_hex(out->epoch.at, EPOCH_SIZE) &&
           SKIP(scan, "\",");
}

static Span moved(Span span, const char *from, const char *to)
{
    return (Span){to + (span.at - from), span.length};
}

/* The same where these members are, byte for byte, those of @before: they needn't be looked at again. */
static gboolean repeat_feed(Scan *scan, const Header *before, Header *out)
{
    const char *from = before->bytes.at, *to = scan->at;
    gsize length = (gsize)(before->epoch.at + EPOCH_SIZE - from);
    if (!skip(scan, from, length))
        return FALSE;
    out->space = moved(before->space, from, to);
    out->lane = moved(before->lane, from, to);
    out->node = moved(before->node, from, to);
    out->epoch = moved(before->epoch, from, to);
    return SKIP(scan, "\",");
}

/* seq, height, time: its place in it. */
static gboolean scan_place(Scan *scan, Header *out)
{
    Span time;
    return SKIP(scan, "\"seq\":") && take_integer(scan, &out->seq) && SKIP(scan, ",\"height\":") &&
           take_integer(scan, &out->height) && SKIP(scan, ",\"time\":\"") && take(scan, TIME_LENGTH, &time) &&
           time_read(time.at, TIME_LENGTH, &out->time_ms) && SKIP(scan, "\",");
}

/* The subject is the lane itself or an entity. */
static gboolean subject_fits(const Header *header)
{
    Span subject = header->subject;
    if (subject.length == HEX_LENGTH && memcmp(subject.at, header->lane.at, HEX_LENGTH) == 0)
        return TRUE;
    return subject_is_entity(subject.at, subject.length);
}

static gboolean prev_is_distinct(const Header *header)
{
    for (guint i = 1; i < header->prev_count; i++)
        for (guint k = 0; k < i; k++)
            if (memcmp(header->prev + i * PREV_STRIDE, header->prev + k * PREV_STRIDE, HEX_LENGTH) == 0)
                return FALSE;
    return TRUE;
}

static gboolean scan_prev(Scan *scan, Header *out)
{
    if (!SKIP(scan, "\"prev\":["))
        return FALSE;
    out->prev = scan->at + 1;
    while (SKIP(scan, "\"")) {
        Span leaf;
        if (!take(scan, HEX_LENGTH, &leaf) || !all_hex(leaf.at, HEX_LENGTH) || !SKIP(scan, "\""))
            return FALSE;
        out->prev_count++;
        if (SKIP(scan, "]"))
            return prev_is_distinct(out);
        if (!SKIP(scan, ","))
            return FALSE;
    }
    return out->prev_count == 0 && SKIP(scan, "]");
}

/* person, subject, prev, act, lasting, confirmation: who did what to which thing. */
static gboolean scan_act(Scan *scan, Header *out)
{
    if (!SKIP(scan, "\"person\":\"") || !take_text(scan, &out->person) ||
        !id_is_valid(out->person.at, out->person.length) || !SKIP(scan, ",\"subject\":\"") ||
        !take_text(scan, &out->subject) || !subject_fits(out) || !SKIP(scan, ",") || !scan_prev(scan, out))
        return FALSE;
    if (!SKIP(scan, ",\"act\":\"sha256:") || !take_hash(scan, &out->act) || !SKIP(scan, "\""))
        return FALSE;
    out->lasting = SKIP(scan, ",\"lasting\":true");
    out->has_confirmation = SKIP(scan, ",\"confirmation\":\"sha256:");
    return !out->has_confirmation || (take_hash(scan, &out->confirmation) && SKIP(scan, "\""));
}

/* One entry, "<node>/<epoch>":[size,"<64 hex>"]. @key: out, the text between its quotes. */
static gboolean scan_seen_entry(Scan *scan, Span *key, SeenEntry *out)
{
    if (!SKIP(scan, "\"") || !take_text(scan, key) || key->length < EPOCH_SIZE + 2)
        return FALSE;
    gsize node = key->length - EPOCH_SIZE - 1;
    out->node = (Span){key->at, node};
    out->epoch = (Span){key->at + node + 1, EPOCH_SIZE};
    if (key->at[node] != '/' || !node_name_is_valid(key->at, node) || !all_hex(out->epoch.at, EPOCH_SIZE))
        return FALSE;
    return SKIP(scan, ":[") && take_integer(scan, &out->size) && out->size > 0 && SKIP(scan, ",\"") &&
           take_hash(scan, &out->root) && SKIP(scan, "\"]");
}

static gboolean ascends(Span before, Span key)
{
    int order = memcmp(before.at, key.at, MIN(before.length, key.length));
    return order < 0 || (order == 0 && before.length < key.length);
}

static gboolean scan_seen(Scan *scan, Header *out)
{
    if (!SKIP(scan, ",\"seen\":{"))
        return TRUE;
    const char *first = scan->at;
    Span before = {first, 0};
    do {
        Span key;
        SeenEntry entry;
        if (!scan_seen_entry(scan, &key, &entry) || !ascends(before, key))
            return FALSE;
        before = key;
    } while (SKIP(scan, ","));
    out->seen = (Span){first, (gsize)(scan->at - first)};
    return SKIP(scan, "}");
}

static gboolean refuse(const char **reason, const char *why)
{
    *reason = why;
    return FALSE;
}

gboolean header_scan_after(const Header *before, const char *bytes, gsize length, Header *out, const char **reason)
{
    if (length > HEADER_LIMIT)
        return refuse(reason, "header is longer than 8 KiB");
    memset(out, 0, sizeof *out);
    out->bytes = (Span){bytes, length};
    Scan scan = {bytes, bytes + length};
    if (!(before && repeat_feed(&scan, before, out)) && !(scan.at == bytes && scan_feed(&scan, out)))
        return refuse(reason, "header: v, space, lane, node or epoch");
    if (!scan_place(&scan, out))
        return refuse(reason, "header: seq, height or time");
    if (!scan_act(&scan, out))
        return refuse(reason, "header: person, subject, prev, act, lasting or confirmation");
    if (!scan_seen(&scan, out))
        return refuse(reason, "header: seen");
    if (!SKIP(&scan, "}") || scan.at != scan.end)
        return refuse(reason, "header does not end where it should");
    return TRUE;
}

gboolean header_scan(const char *bytes, gsize length, Header *out, const char **reason)
{
    return header_scan_after(NULL, bytes, length, out, reason);
}

Hash header_prev(const Header *self, guint index)
{
    Hash leaf;
    gboolean read = read_hash(self->prev + index * PREV_STRIDE, &leaf);
    g_assert(index < self->prev_count && read);
    return leaf;
}

gboolean header_seen_next(const Header *self, gsize *cursor, SeenEntry *out)
{
    if (*cursor >= self->seen.length)
        return FALSE;
    Scan scan = {self->seen.at + *cursor, self->seen.at + self->seen.length};
    Span key;
    if (!scan_seen_entry(&scan, &key, out))
        return FALSE;
    SKIP(&scan, ",");
    *cursor = (gsize)(scan.at - self->seen.at);
    return TRUE;
}

/* ---- writing ---- */

static void write_hash(GString *text, const Hash *hash)
{
    char hex[HASH_HEX_SIZE];
    hash_write(hex, hash);
    g_string_append_len(text, hex, HEX_LENGTH);
}

static void write_seen(GString *text, const SeenEntry *seen, guint count)
{
    g_string_append(text, ",\"seen\":{");
    for (guint i = 0; i < count; i++) {
        g_string_append_printf(text, "%s\"%.*s/%.*s\":[%" G_GUINT64_FORMAT ",\"", i > 0 ? "," : "",
                               (int)seen[i].node.length, seen[i].node.at, (int)seen[i].epoch.length, seen[i].epoch.at,
                               seen[i].size);
        write_hash(text, &seen[i].root);
        g_string_append(text, "\"]");
    }
    g_string_append_c(text, '}');
}

GBytes *header_write(const HeaderParts *parts)
{
    char time[TIME_TEXT_SIZE];
    time_write(time, parts->time_ms);
    GString *text = g_string_sized_new(640);
    g_string_append_printf(
        text,
        "{\"v\":1,\"space\":\"%s\",\"lane\":\"%s\",\"node\":\"%s\",\"epoch\":\"%s\",\"seq\":%" G_GUINT64_FORMAT
        ",\"height\":%" G_GUINT64_FORMAT ",\"time\":\"%s\",\"person\":\"%s\",\"subject\":\"%s\",\"prev\":[",
        parts->space, parts->lane, parts->node, parts->epoch, parts->seq, parts->height, time, parts->person,
        parts->subject);
    for (guint i = 0; i < parts->prev_count; i++) {
        g_string_append(text, i > 0 ? ",\"" : "\"");
        write_hash(text, &parts->prev[i]);
        g_string_append_c(text, '"');
    }
    g_string_append(text, "],\"act\":\"sha256:");
    write_hash(text, &parts->act);
    g_string_append(text, parts->lasting ? "\",\"lasting\":true" : "\"");
    if (parts->confirmation) {
        g_string_append(text, ",\"confirmation\":\"sha256:");
        write_hash(text, parts->confirmation);
        g_string_append_c(text, '"');
    }
    if (parts->seen_count > 0)
        write_seen(text, parts->seen, parts->seen_count);
    g_string_append_c(text, '}');
    return g_string_free_to_bytes(text);
}
