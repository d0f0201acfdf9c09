/* ledger/package_writer.h: what package_write.c and package_write_feed.c share. */
#pragma once
#include "ledger/package_layout.h"
#include "ledger/package_write.h"

typedef struct {
    const PackageSource *source;
    ZipWriter *zip;
    GHashTable *chosen; /* subjects whose acts go in */
    GString *manifest;  /* grows with each file below data/ */
    guint64 payload_bytes, payload_files;
    guint64 records, withheld, erased, blob_bytes; /* for package.json */
} PackageWriter;

/* A whole small file. */
gboolean package_writer_put(PackageWriter *self, const char *name, gconstpointer bytes, gsize length, GError **error);
/* Takes a file that was written into the manifest. */
void package_writer_list(PackageWriter *self, const char *name, const Hash *hash, guint64 length);
gboolean package_writer_progress(PackageWriter *self, GError **error);

/* Headers, acts or confirmations of the feed @index (from 0), one a line. */
gboolean package_writer_feed(PackageWriter *self, const char *name, PackageKind kind, guint index, GError **error);
gboolean package_writer_blob(PackageWriter *self, const char *name, const PackageBlob *blob, GError **error);
