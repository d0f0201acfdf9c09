/* ledger/card_read.c: a card's text read line by line. Eight lines in fixed order, then keys, then cutoffs; what this
 * version doesn't know may stand anywhere after the eight (C3). */
#include "base/error.h"
#include "base/reader.h"
#include "base/text.h"
#include "ledger/card_text.h"
#include "ledger/record.h"
#include <string.h>

#define TITLE_MAX 400    /* bytes */
#define WEB_MAX 255      /* bytes */
#define TLS_KEY_MAX 4096 /* bytes of SPKI */

typedef struct {
    Card *card;
    guint line;
    gboolean in_cutoffs;
} CardReader;

static gboolean refuse(CardReader *self, GError **error, const char *why)
{
    error_set(error, COMITY_ERROR_INVALID, "card.malformed", "", "Line %u of the card %s.", self->line, why);
    return FALSE;
}

/* The rest of the next line after @word and a space. New; NULL where the next line is another. */
static char *take_line(CardReader *self, Reader *reader, const char *word)
{
    gsize length = 0;
    self->line++;
    if (!reader_accept(reader, word) || !reader_accept(reader, " "))
        return NULL;
    const guint8 *rest = reader_until(reader, '\n', &length);
    return rest && length > 0 ? g_strndup((const char *)rest, length) : NULL;
}

static gboolean only(const char *text, const char *allowed, gsize most)
{
    gsize length = strlen(text);
    return length > 0 && length <= most && strspn(text, allowed) == length;
}

static gboolean is_web_origin(const char *text)
{
    gboolean scheme = g_str_has_prefix(text, "https://") || g_str_has_prefix(text, "http://");
    const char *host = scheme ? strstr(text, "//") + 2 : "";
    return scheme && only(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]", WEB_MAX) && strlen(text) <= WEB_MAX;
}

static gboolean read_decimal(const char *text, guint64 *value)
{
    Reader reader = reader_of(text, strlen(text));
    *value = reader_decimal(&reader);
    return !reader.failed && reader_left(&reader) == 0;
}

static gboolean read_hash_text(const char *text, Hash *hash)
{
    return strlen(text) == 2 * HASH_SIZE && hash_read(text, hash);
}

static gboolean read_number_and_previous(CardReader *self, Reader *reader, GError **error)
{
    g_autofree char *number = take_line(self, reader, "number");
    if (!number || !read_decimal(number, &self->card->number) || self->card->number == 0)
        return refuse(self, error, "is not “number” and a number from 1 on");
    g_autofree char *previous = take_line(self, reader, "previous");
    self->card->has_previous = previous && !g_str_equal(previous, "-");
    if (!previous || (self->card->has_previous && !read_hash_text(previous, &self->card->previous)))
        return refuse(self, error, "is not “previous” and a hash, or -");
    return self->card->has_previous == (self->card->number > 1) ? TRUE
                                                                : refuse(self, error, "does not fit the card's number");
}

/* The eight lines that every card begins with. */
static gboolean read_head(CardReader *self, Reader *reader, GError **error)
{
    Card *card = self->card;
    self->line = 1;
    if (!reader_accept(reader, CARD_FIRST_LINE "\n"))
        return refuse(self, error, "is not " CARD_FIRST_LINE);
    card->node = take_line(self, reader, "node");
    if (!card->node || !only(card->node, "abcdefghijklmnopqrstuvwxyz0123456789.-", NODE_NAME_MAX))
        return refuse(self, error, "is not “node” and a name");
    card->title = take_line(self, reader, "title");
    if (!card->title || strlen(card->title) > TITLE_MAX)
        return refuse(self, error, "is not “title” and a text of at most 400 bytes");
    card->country = take_line(self, reader, "country");
    if (!card->country || strlen(card->country) != 2 || !only(card->country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 2))
        return refuse(self, error, "is not “country” and two capital letters");
    if (!read_number_and_previous(self, reader, error))
        return FALSE;
    g_autofree char *issued = take_line(self, reader, "issued");
    if (!issued || !time_read(issued, -1, &card->issued_ms))
        return refuse(self, error, "is not “issued” and a time");
    card->web = take_line(self, reader, "web");
    return card->web && is_web_origin(card->web) ? TRUE : refuse(self, error, "is not “web” and a web origin");
}

/* "<base64 key> <from> <until or ->" */
static gboolean read_key(CardReader *self, CardKeyKind kind, const char *rest, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(rest, " ", -1);
    if (self->in_cutoffs)
        return refuse(self, error, "is a key after a cutoff");
    if (g_strv_length(parts) != 3)
        return refuse(self, error, "is not a key, a time, and a time or -");
    g_autoptr(GBytes) key = base64_decode(parts[0], -1);
    gsize length = key ? g_bytes_get_size(key) : 0;
    if (kind == CARD_TLS ? length == 0 || length > TLS_KEY_MAX : length != ED25519_KEY_SIZE)
        return refuse(self, error, "does not hold a key of its kind in base64");
    gint64 from_ms = 0, until_ms = CARD_FOREVER;
    gboolean times = time_read(parts[1], -1, &from_ms) &&
                     (g_str_equal(parts[2], "-") || time_read(parts[2], -1, &until_ms)) && from_ms <= until_ms;
    if (!times)
        return refuse(self, error, "does not hold two times in order, or a time and -");
    if (card_key_find(self->card, kind, g_bytes_get_data(key, NULL), length))
        return refuse(self, error, "lists a key twice");
    card_add_key(self->card, kind, g_bytes_get_data(key, NULL), length, from_ms, until_ms);
    return TRUE;
}

/* "<lane>/<epoch> <size> <root>" */
static gboolean read_cutoff(CardReader *self, const char *rest, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(rest, " ", -1);
    guint64 size = 0;
    Hash root;
    self->in_cutoffs = TRUE;
    if (g_strv_length(parts) != 3 || strlen(parts[0]) != 64 + 1 + 16 || parts[0][64] != '/')
        return refuse(self, error, "is not a feed, a size and a root");
    parts[0][64] = '\0';
    if (!only(parts[0], "0123456789abcdef", 64) || !only(parts[0] + 65, "0123456789abcdef", 16) ||
        !read_decimal(parts[1], &size) || !read_hash_text(parts[2], &root))
        return refuse(self, error, "is not a feed, a size and a root");
    card_add_cutoff(self->card, parts[0], parts[0] + 65, size, &root);
    return TRUE;
}

static gboolean read_rest(CardReader *self, Reader *reader, GError **error)
{
    while (reader_left(reader) > 0) {
        gsize length = 0;
        self->line++;
        const guint8 *bytes = reader_until(reader, '\n', &length);
        if (!bytes || length == 0)
            return refuse(self, error, "is empty or does not end");
        g_autofree char *line = g_strndup((const char *)bytes, length);
        char *rest = strchr(line, ' ');
        if (rest)
            *rest++ = '\0';
        guint kind = 0;
        while (kind < G_N_ELEMENTS(card_key_words) && !g_str_equal(line, card_key_words[kind]))
            kind++;
        if (kind < G_N_ELEMENTS(card_key_words)) {
            if (!read_key(self, (CardKeyKind)kind, rest ? rest : "", error))
                return FALSE;
        } else if (g_str_equal(line, "cutoff") && !read_cutoff(self, rest ? rest : "", error)) {
            return FALSE;
        }
    }
    return TRUE;
}

Card *card_parse(const char *note, gsize length, GError **error)
{
    g_autoptr(Note) parsed = note_parse(note, length, error);
    if (!parsed)
        return NULL;
    g_autoptr(Card) card = card_new();
    gsize text_length = 0;
    const char *text = note_text(parsed, &text_length);
    Reader reader = reader_of(text, text_length);
    CardReader self = {card, 0, FALSE};
    if (!read_head(&self, &reader, error) || !read_rest(&self, &reader, error))
        return NULL;
    card->note = g_strndup(note, length);
    card->hash = sha256(text, text_length);
    g_autoptr(GPtrArray) own = card_keys(card, CARD_IDENTITY, G_MININT64);
    if (!card_is_signed(card, own, error)) { /* C1 */
        error_prefix(error, "the card of “%s”", card->node);
        return NULL;
    }
    return g_steal_pointer(&card);
}
