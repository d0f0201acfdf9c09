#include "ledger/zip_layout.h"
#include <string.h>

#define VERSION 45       /* 4.5: zip64 */
#define MADE_BY 0x032d   /* Unix, 4.5 */
#define FLAGS 0x0800     /* names are UTF-8 */
#define DATE 0x0021      /* 1980-01-01 */
#define MODE 0x81a40000u /* a plain file, rw-r--r-- */
#define SEE_ZIP64 0xffffffffu

void zip_entry_clear(gpointer entry)
{
    g_free(((ZipEntry *)entry)->name);
}

static gboolean part_is_valid(const char *part, gsize length)
{
    if (length == 0 || (length == 1 && part[0] == '.') || (length == 2 && part[0] == '.' && part[1] == '.'))
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(part[i]) && part[i] != '.' && part[i] != '_' && part[i] != '-')
            return FALSE;
    return TRUE;
}

gboolean zip_name_is_valid(const char *name, gsize length)
{
    gsize start = 0;
    if (length == 0 || length > ZIP_NAME_MAX)
        return FALSE;
    for (gsize at = 0; at <= length; at++) {
        if (at < length && name[at] != '/')
            continue;
        if (!part_is_valid(name + start, at - start))
            return FALSE;
        start = at + 1;
    }
    return TRUE;
}

/* ---- little-endian fields ---- */

static void put(GByteArray *out, guint64 value, guint bytes)
{
    guint64 little = GUINT64_TO_LE(value);
    g_byte_array_append(out, (const guint8 *)&little, bytes);
}

static void put_common(GByteArray *out, const ZipEntry *entry, guint extra)
{
    put(out, VERSION, 2);
    put(out, FLAGS, 2);
    put(out, 0, 2); /* stored */
    put(out, 0, 2); /* midnight */
    put(out, DATE, 2);
    put(out, entry->crc, 4);
    put(out, SEE_ZIP64, 4);
    put(out, SEE_ZIP64, 4);
    put(out, strlen(entry->name), 2);
    put(out, extra, 2);
}

static void put_name(GByteArray *out, const ZipEntry *entry)
{
    g_byte_array_append(out, (const guint8 *)entry->name, (guint)strlen(entry->name));
}

void zip_local_header(GByteArray *out, const ZipEntry *entry)
{
    put(out, 0x04034b50, 4);
    put_common(out, entry, ZIP_LOCAL_EXTRA);
    put_name(out, entry);
    put(out, 0x0001, 2);
    put(out, ZIP_LOCAL_EXTRA - 4, 2);
    put(out, entry->size, 8);
    put(out, entry->size, 8);
}

void zip_central_header(GByteArray *out, const ZipEntry *entry)
{
    put(out, 0x02014b50, 4);
    put(out, MADE_BY, 2);
    put_common(out, entry, ZIP_CENTRAL_EXTRA);
    put(out, 0, 2); /* no comment */
    put(out, 0, 2); /* disk 0 */
    put(out, 0, 2); /* not text */
    put(out, MODE, 4);
    put(out, SEE_ZIP64, 4);
    put_name(out, entry);
    put(out, 0x0001, 2);
    put(out, ZIP_CENTRAL_EXTRA - 4, 2);
    put(out, entry->size, 8);
    put(out, entry->size, 8);
    put(out, entry->header, 8);
}

void zip_tail(GByteArray *out, guint64 entries, guint64 offset, guint64 size)
{
    put(out, 0x06064b50, 4);
    put(out, ZIP_END64_SIZE - 12, 8);
    put(out, MADE_BY, 2);
    put(out, VERSION, 2);
    put(out, 0, 4);
    put(out, 0, 4);
    put(out, entries, 8);
    put(out, entries, 8);
    put(out, size, 8);
    put(out, offset, 8);

    put(out, 0x07064b50, 4);
    put(out, 0, 4);
    put(out, offset + size, 8);
    put(out, 1, 4);

    put(out, 0x06054b50, 4);
    put(out, 0, 2);
    put(out, 0, 2);
    put(out, 0xffff, 2);
    put(out, 0xffff, 2);
    put(out, SEE_ZIP64, 4);
    put(out, SEE_ZIP64, 4);
    put(out, 0, 2); /* no comment */
}
