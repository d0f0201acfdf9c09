/* tests/fuzz/tus.c: Upload-Metadata. What is taken has the keys and values that a simple reading of it has, and a time in it is one
 * that a record can hold. */
#include "http/tus.h"
#include "base/text.h"
#include "node/upload.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Each pair once more, the simple way. */
static void assert_pairs(const HttpTusMetadata *metadata, const char *raw)
{
    g_auto(GStrv) pairs = g_strsplit(raw, ",", -1);
    g_assert(g_strv_length(pairs) <= 32);
    for (char **pair = pairs; *pair; pair++) {
        g_auto(GStrv) parts = g_strsplit(g_strstrip(*pair), " ", 2);
        g_assert(parts[0] && parts[0][0]);
        g_autoptr(GBytes) value = base64_decode(parts[1] ? parts[1] : "", -1);
        g_assert(value != NULL);
        gsize size;
        const char *bytes = g_bytes_get_data(value, &size);
        gboolean text = size == 0 || g_utf8_validate(bytes, (gssize)size, NULL);
        const char *read = http_tus_metadata_text(metadata, parts[0]);
        g_assert((read != NULL) == text);
        g_assert(!read || (strlen(read) == size && memcmp(read, bytes ? bytes : "", size) == 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *raw = g_strndup((const char *)bytes, length);
    g_autoptr(GError) error = NULL;
    g_autoptr(HttpTusMetadata) metadata = http_tus_metadata_parse(raw, &error);
    g_assert((metadata == NULL) == (error != NULL));
    if (!metadata)
        return 0;
    if (*raw)
        assert_pairs(metadata, raw);
    gint64 modified_ms = 0, same;
    if (!upload_modified_read(metadata, &modified_ms, NULL) || modified_ms == UPLOAD_NOT_SAID)
        return 0;
    g_autofree char *text = time_text(modified_ms);
    g_assert(time_read(text, -1, &same) && same == modified_ms);
    return 0;
}
