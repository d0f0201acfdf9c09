/* ledger/zip_write.h: writes a ZIP of the package profile (zip_layout.h) in one pass, in constant memory.
 *
 * Idea: an entry's size and checksum stand before its contents. Whoever knows them says so; otherwise they are filled
 * in afterwards, which needs a sink that can go back (a file). A sink that can't (a stream that is encrypted as it
 * goes) is given entries whose size and checksum are known.
 *   W1  What was declared is what comes: contents that differ in size or checksum are an error, never a ZIP. */
#pragma once
#include "ledger/zip_layout.h"

/* Where the bytes go. Borrowed. */
typedef struct {
    gboolean (*write)(gpointer data, gconstpointer bytes, gsize length, GError **error); /* one after the other */
    /* Replaces bytes that were written; NULL where that is impossible. */
    gboolean (*patch)(gpointer data, guint64 at, gconstpointer bytes, gsize length, GError **error);
    gpointer data;
} ZipSink;
/* A sink over a regular file, from its current position 0 on. @fd: borrowed, pointed to by @fd_slot while it is used.
 */
ZipSink zip_sink_file(int *fd_slot);

#define ZIP_SIZE_UNKNOWN G_MAXUINT64

typedef struct ZipWriter ZipWriter;
ZipWriter *zip_writer_new(const ZipSink *sink);
void zip_writer_free(ZipWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ZipWriter, zip_writer_free)

/* Can size and checksum be left open? */
gboolean zip_writer_can_patch(const ZipWriter *self);
/* Begins the entry @name. @size: of its contents, or ZIP_SIZE_UNKNOWN; @crc: their CRC-32, or NULL where unknown.
 * Either unknown needs a sink that can patch. */
gboolean zip_writer_begin(ZipWriter *self, const char *name, guint64 size, const guint32 *crc,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean zip_writer_write(ZipWriter *self, gconstpointer bytes, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean zip_writer_end(ZipWriter *self, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* W1 */
/* A whole entry. */
gboolean zip_writer_add(ZipWriter *self, const char *name, gconstpointer bytes, gsize length,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes the directory. */
gboolean zip_writer_finish(ZipWriter *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint64 zip_writer_position(const ZipWriter *self); /* bytes written so far */

/* A running CRC-32 (of nothing: 0). */
guint32 zip_crc(guint32 crc, gconstpointer bytes, gsize length);
