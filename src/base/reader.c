/* base/reader.c: see reader.h. Everything goes through reader_take, which alone compares with the end. */
#include "base/reader.h"
#include <string.h>

const guint8 *reader_take(Reader *self, gsize length)
{
    if (self->failed || length > (gsize)(self->end - self->at)) {
        self->failed = TRUE;
        return NULL;
    }
    const guint8 *start = self->at;
    self->at += length;
    return start;
}

gboolean reader_accept(Reader *self, const char *text)
{
    gsize length = strlen(text);
    if (length > reader_left(self) || memcmp(self->at, text, length) != 0)
        return FALSE;
    self->at += length;
    return !self->failed;
}

gboolean reader_expect(Reader *self, const char *text)
{
    if (!reader_accept(self, text))
        self->failed = TRUE;
    return !self->failed;
}

const guint8 *reader_until(Reader *self, char stop, gsize *length)
{
    gsize left = reader_left(self);
    const guint8 *found = left > 0 ? memchr(self->at, stop, left) : NULL;
    if (found == NULL) {
        self->failed = TRUE;
        *length = 0;
        return NULL;
    }
    const guint8 *start = self->at;
    *length = (gsize)(found - start);
    self->at = found + 1;
    return start;
}

guint64 reader_decimal(Reader *self)
{
    if (reader_left(self) == 0 || !g_ascii_isdigit(*self->at)) {
        self->failed = TRUE;
        return 0;
    }
    const guint8 *first = self->at;
    guint64 value = 0;
    for (; self->at < self->end && g_ascii_isdigit(*self->at); self->at++) {
        guint digit = (guint)(*self->at - '0');
        if ((self->at > first && *first == '0') || value > ((guint64)G_MAXINT64 - digit) / 10) {
            self->failed = TRUE;
            return 0;
        }
        value = value * 10 + digit;
    }
    return value;
}

guint16 reader_le16(Reader *self)
{
    const guint8 *bytes = reader_take(self, 2);
    return (guint16)(bytes == NULL ? 0 : bytes[0] | bytes[1] << 8);
}

guint32 reader_le32(Reader *self)
{
    guint32 low = reader_le16(self);
    guint32 high = reader_le16(self);
    return self->failed ? 0 : low | high << 16;
}

guint64 reader_le64(Reader *self)
{
    guint64 low = reader_le32(self);
    guint64 high = reader_le32(self);
    return self->failed ? 0 : low | high << 32;
}
