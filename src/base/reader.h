/* base/reader.h: a cursor over bytes that came from outside. It never reads past its end, and a failed read leaves it
 * failed: a parser may read on and ask once. Borrowed bytes; no allocation. */
#pragma once
#include <glib.h>

typedef struct {
    const guint8 *at;
    const guint8 *end;
    gboolean failed;
} Reader;

static inline Reader reader_of(gconstpointer bytes, gsize length)
{
    /* An empty GBytes has no address, and NULL + 0 is undefined. */
    const guint8 *start = bytes ? bytes : (gconstpointer) "";
    return (Reader){.at = start, .end = start + length, .failed = FALSE};
}
static inline gsize reader_left(const Reader *self)
{
    return self->failed ? 0 : (gsize)(self->end - self->at);
}
/* The next @length bytes, or NULL and failed. */
const guint8 *reader_take(Reader *self, gsize length);
/* Skips @text if it is next; otherwise failed. */
gboolean reader_expect(Reader *self, const char *text);
/* TRUE and skipped if @text is next; FALSE and unmoved otherwise: not a failure. */
gboolean reader_accept(Reader *self, const char *text);
/* Up to and over the next @stop byte; @length is without it. NULL and failed where there is none. */
const guint8 *reader_until(Reader *self, char stop, gsize *length);
/* A decimal without sign or leading zero, at most 2^63-1. */
guint64 reader_decimal(Reader *self);
guint16 reader_le16(Reader *self);
guint32 reader_le32(Reader *self);
guint64 reader_le64(Reader *self);
