/* ledger/zip_layout.h: the one ZIP profile of a package, by the byte (docs/format.md, "The ZIP file").
 *
 * Idea: writer and reader share one description. Every entry is stored, every size is given in a zip64 field, every
 * field that a ZIP leaves to taste has one value. So all bytes outside the contents follow from names, sizes and
 * checksums, and the reader builds them again and compares: no bit is free.
 *   Z1  Entries follow each other without a gap, from the first byte on; then the central directory, the zip64 end
 *       record, its locator, the end record, and nothing more.
 *   Z2  A name is ASCII: parts of [A-Za-z0-9._-], parted by "/", none of them "." or "..", at most 400 bytes in all. */
#pragma once
#include <glib.h>

#define ZIP_NAME_MAX 400

#define ZIP_LOCAL_SIZE 30 /* and the name, and */
#define ZIP_LOCAL_EXTRA 20
#define ZIP_CENTRAL_SIZE 46 /* and the name, and */
#define ZIP_CENTRAL_EXTRA 28
#define ZIP_END64_SIZE 56
#define ZIP_LOCATOR_SIZE 20
#define ZIP_END_SIZE 22
#define ZIP_TAIL_SIZE (ZIP_END64_SIZE + ZIP_LOCATOR_SIZE + ZIP_END_SIZE)

/* One file in the ZIP. */
typedef struct {
    char *name;
    guint64 header; /* offset of its local header */
    guint64 offset; /* of its contents */
    guint64 size;
    guint32 crc;
} ZipEntry;
void zip_entry_clear(gpointer entry); /* for a GArray of ZipEntry */

/* Z2. */
gboolean zip_name_is_valid(const char *name, gsize length);

/* The bytes before an entry's contents: ZIP_LOCAL_SIZE + name + ZIP_LOCAL_EXTRA. Appended to @out. */
void zip_local_header(GByteArray *out, const ZipEntry *entry);
/* Its place in the central directory: ZIP_CENTRAL_SIZE + name + ZIP_CENTRAL_EXTRA. */
void zip_central_header(GByteArray *out, const ZipEntry *entry);
/* What stands after the central directory of @size bytes at @offset: ZIP_TAIL_SIZE bytes. */
void zip_tail(GByteArray *out, guint64 entries, guint64 offset, guint64 size);
