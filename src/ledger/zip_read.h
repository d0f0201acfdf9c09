/* ledger/zip_read.h: takes a ZIP of the package profile apart, strictly, without reading the contents.
 *
 * Idea: walk the entries from the first byte on. Then build the directory and the end records that these entries must
 * have, and compare. A ZIP that any other program could read in another way (two directories, gaps, overlaps, hidden
 * entries, links, compression) differs somewhere, and the first byte that differs is named.
 *   Y1  Nothing is ever extracted, followed or allocated by a size that the file states.
 *   Y2  Names in messages are made harmless: what isn't printable ASCII is shown as \xNN. */
#pragma once
#include "ledger/zip_layout.h"

/* Told of each thing that is wrong. @byte: where in the file; @entry: its name as shown (Y2), "" where it is none. */
typedef void (*ZipDamaged)(gpointer data, const char *code, guint64 byte, const char *entry, const char *why);

typedef struct ZipFile ZipFile;
/* @fd: borrowed, a regular file of which nobody changes a byte meanwhile. New. NULL with an error where reading fails;
 * @damaged was called for all that is wrong, and zip_file_is_whole() then is FALSE. */
ZipFile *zip_file_open(int fd, ZipDamaged damaged, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void zip_file_free(ZipFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ZipFile, zip_file_free)
gboolean zip_file_is_whole(const ZipFile *self);
guint64 zip_file_size(const ZipFile *self);
/* Of ZipEntry, in the file's order. Borrowed. */
const GArray *zip_file_entries(const ZipFile *self);
int zip_file_fd(const ZipFile *self);

/* Bytes as they may be shown (Y2), at most 200. New string. */
char *zip_show_name(const char *name, gsize length);
