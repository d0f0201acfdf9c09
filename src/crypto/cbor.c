/* crypto/cbor.c: see cbor.h. */
#include "crypto/cbor.h"
#include <string.h>

#define DEPTH_MAX 8

enum { CBOR_UNSIGNED, CBOR_NEGATIVE, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_TAG, CBOR_SIMPLE };

typedef struct {
    guint kind;
    guint64 value; /* the number, or the length, or the count of items */
} Head;

/* The head of the next item. */
static Head read_head(Reader *reader)
{
    const guint8 *first = reader_take(reader, 1);
    if (first == NULL)
        return (Head){.kind = CBOR_SIMPLE};
    Head head = {.kind = *first >> 5, .value = *first & 31};
    if (head.value < 24)
        return head;
    if (head.value > 27) { /* reserved, or of indefinite length (B1) */
        reader->failed = TRUE;
        return head;
    }
    gsize size = (gsize)1 << (head.value - 24);
    const guint8 *bytes = reader_take(reader, size);
    head.value = 0;
    for (gsize n = 0; bytes != NULL && n < size; n++)
        head.value = head.value << 8 | bytes[n];
    return head;
}

static void skip_item(Reader *reader, int depth)
{
    Head head = read_head(reader);
    if (depth > DEPTH_MAX)
        reader->failed = TRUE;
    if (reader->failed)
        return;
    guint64 items = 0;
    if (head.kind == CBOR_BYTES || head.kind == CBOR_TEXT)
        reader_take(reader, head.value);
    else if (head.kind == CBOR_ARRAY || head.kind == CBOR_TAG)
        items = head.kind == CBOR_TAG ? 1 : head.value;
    else if (head.kind == CBOR_MAP)
        items = head.value > G_MAXUINT64 / 2 ? G_MAXUINT64 : 2 * head.value;
    for (; items > 0 && !reader->failed; items--) /* each takes a byte at least, so it ends with the bytes */
        skip_item(reader, depth + 1);
}

const guint8 *cbor_find_bytes(const guint8 *bytes, gsize size, const char *key, gsize *length)
{
    const guint8 *found = NULL;
    Reader reader = reader_of(bytes, size);
    Head map = read_head(&reader);
    if (map.kind != CBOR_MAP)
        return NULL;
    for (guint64 n = 0; n < map.value && !reader.failed; n++) {
        Head name = read_head(&reader);
        const guint8 *text = name.kind == CBOR_TEXT ? reader_take(&reader, name.value) : NULL;
        if (text == NULL)
            return NULL;
        if (name.value != strlen(key) || memcmp(text, key, name.value) != 0) {
            skip_item(&reader, 1);
            continue;
        }
        Head value = read_head(&reader);
        if (value.kind != CBOR_BYTES || found != NULL)
            return NULL;
        found = reader_take(&reader, value.value);
        *length = value.value;
    }
    return reader.failed || reader_left(&reader) > 0 ? NULL : found;
}
