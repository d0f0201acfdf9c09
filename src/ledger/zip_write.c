#include "ledger/zip_write.h"
#include "base/error.h"
#include "base/file.h"
#include <string.h>
#include <zlib.h>

struct ZipWriter {
    ZipSink sink;
    guint64 position;
    GArray *entries; /* of ZipEntry, finished ones and the one that is open */
    gboolean open;
    guint64 left;      /* declared bytes that have not come; of the open entry */
    gboolean any_size; /* its size wasn't declared */
    gboolean any_crc;  /* nor was its checksum */
    guint32 crc;       /* of what came so far */
};

ZipWriter *zip_writer_new(const ZipSink *sink)
{
    ZipWriter *self = g_new0(ZipWriter, 1);
    self->sink = *sink;
    self->entries = g_array_new(FALSE, TRUE, sizeof(ZipEntry));
    g_array_set_clear_func(self->entries, zip_entry_clear);
    return self;
}

void zip_writer_free(ZipWriter *self)
{
    if (!self)
        return;
    g_array_unref(self->entries);
    g_free(self);
}

gboolean zip_writer_can_patch(const ZipWriter *self)
{
    return self->sink.patch != NULL;
}

guint64 zip_writer_position(const ZipWriter *self)
{
    return self->position;
}

guint32 zip_crc(guint32 crc, gconstpointer bytes, gsize length)
{
    return length == 0 ? crc : (guint32)crc32_z(crc, bytes, length); /* zlib begins anew where there is no byte */
}

static gboolean emit(ZipWriter *self, gconstpointer bytes, gsize length, GError **error)
{
    if (!self->sink.write(self->sink.data, bytes, length, error))
        return FALSE;
    self->position += length;
    return TRUE;
}

static gboolean emit_array(ZipWriter *self, const GByteArray *bytes, GError **error)
{
    return emit(self, bytes->data, bytes->len, error);
}

static ZipEntry *current(ZipWriter *self)
{
    return &g_array_index(self->entries, ZipEntry, self->entries->len - 1);
}

gboolean zip_writer_begin(ZipWriter *self, const char *name, guint64 size, const guint32 *crc, GError **error)
{
    g_assert(!self->open && zip_name_is_valid(name, strlen(name)));
    g_assert(self->sink.patch || (size != ZIP_SIZE_UNKNOWN && crc));
    self->any_size = size == ZIP_SIZE_UNKNOWN;
    self->any_crc = crc == NULL;
    self->left = self->any_size ? 0 : size;
    self->crc = 0;
    ZipEntry entry = {
        .name = g_strdup(name), .header = self->position, .size = self->any_size ? 0 : size, .crc = crc ? *crc : 0};
    g_array_append_val(self->entries, entry);
    g_autoptr(GByteArray) header = g_byte_array_new();
    zip_local_header(header, current(self));
    if (!emit_array(self, header, error))
        return FALSE;
    current(self)->offset = self->position;
    self->open = TRUE;
    return TRUE;
}

static gboolean refuse(ZipWriter *self, GError **error, const char *why)
{
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "%s: %s", current(self)->name, why);
    return FALSE;
}

gboolean zip_writer_write(ZipWriter *self, gconstpointer bytes, gsize length, GError **error)
{
    g_assert(self->open);
    if (!self->any_size && length > self->left)
        return refuse(self, error, "More bytes came than its size says."); /* W1 */
    if (length == 0)
        return TRUE;
    self->crc = zip_crc(self->crc, bytes, length);
    if (self->any_size)
        current(self)->size += length;
    else
        self->left -= length;
    return emit(self, bytes, length, error);
}

gboolean zip_writer_end(ZipWriter *self, GError **error)
{
    ZipEntry *entry = current(self);
    g_assert(self->open);
    self->open = FALSE;
    if (self->left > 0)
        return refuse(self, error, "Fewer bytes came than its size says."); /* W1 */
    if (!self->any_crc && entry->crc != self->crc)
        return refuse(self, error, "Its bytes are not those whose checksum was given."); /* W1 */
    if (!self->any_size && !self->any_crc)
        return TRUE;
    entry->crc = self->crc;
    g_autoptr(GByteArray) header = g_byte_array_new();
    zip_local_header(header, entry);
    return self->sink.patch(self->sink.data, entry->header, header->data, header->len, error);
}

gboolean zip_writer_add(ZipWriter *self, const char *name, gconstpointer bytes, gsize length, GError **error)
{
    guint32 crc = zip_crc(0, bytes, length);
    return zip_writer_begin(self, name, length, &crc, error) && zip_writer_write(self, bytes, length, error) &&
           zip_writer_end(self, error);
}

gboolean zip_writer_finish(ZipWriter *self, GError **error)
{
    guint64 start = self->position;
    g_assert(!self->open);
    for (guint i = 0; i < self->entries->len; i++) {
        g_autoptr(GByteArray) header = g_byte_array_new();
        zip_central_header(header, &g_array_index(self->entries, ZipEntry, i));
        if (!emit_array(self, header, error))
            return FALSE;
    }
    g_autoptr(GByteArray) tail = g_byte_array_new();
    zip_tail(tail, self->entries->len, start, self->position - start);
    return emit_array(self, tail, error);
}

/* ---- a file as sink ---- */

static gboolean file_sink_write(gpointer data, gconstpointer bytes, gsize length, GError **error)
{
    return file_write_all(*(int *)data, bytes, length, error);
}

static gboolean file_sink_patch(gpointer data, guint64 at, gconstpointer bytes, gsize length, GError **error)
{
    return file_pwrite_all(*(int *)data, bytes, length, (goffset)at, error);
}

ZipSink zip_sink_file(int *fd_slot)
{
    return (ZipSink){file_sink_write, file_sink_patch, fd_slot};
}
