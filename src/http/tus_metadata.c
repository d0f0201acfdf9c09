/* http/tus_metadata.c: the Upload-Metadata header, strictly. */
#include "base/error.h"
#include "base/text.h"
#include "http/tus.h"
#include <string.h>

#define KEYS_MAX 32
#define RAW_MAX 8192

struct HttpTusMetadata {
    char *raw;         /* NULL: none */
    GHashTable *pairs; /* key -> GBytes */
};

const char *http_tus_metadata_raw(const HttpTusMetadata *self)
{
    return self->raw;
}

const char *http_tus_metadata_text(const HttpTusMetadata *self, const char *key)
{
    GBytes *value = g_hash_table_lookup(self->pairs, key);
    if (value == NULL)
        return NULL;
    gsize length; /* one more is there, a zero: see keep() */
    const char *text = g_bytes_get_data(value, &length);
    return g_utf8_validate(text, (gssize)length - 1, NULL) ? text : NULL;
}

void http_tus_metadata_free(HttpTusMetadata *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->pairs);
    g_free(self->raw);
    g_free(self);
}

static gboolean refuse(GError **error, const char *sentence)
{
    error_set(error, COMITY_ERROR_INVALID, "tus.metadata", "", "Upload-Metadata: %s", sentence);
    return FALSE;
}

static gboolean is_key(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (*at <= ' ' || *at >= 0x7f || *at == ',')
            return FALSE;
    return *text != '\0';
}

/* A zero behind the value makes it a string for http_tus_metadata_text. */
static gboolean keep(HttpTusMetadata *self, const char *key, GBytes *value)
{
    gsize length;
    gconstpointer bytes = g_bytes_get_data(value, &length);
    char *text = g_malloc0(length + 1);
    if (length > 0)
        memcpy(text, bytes, length);
    return g_hash_table_insert(self->pairs, g_strdup(key), g_bytes_new_take(text, length + 1));
}

static gboolean read_pair(HttpTusMetadata *self, char *pair, GError **error)
{
    g_strstrip(pair);
    char *space = strchr(pair, ' ');
    const char *value = "";
    if (space != NULL) {
        *space = '\0';
        value = space + 1;
    }
    if (!is_key(pair))
        return refuse(error, "a key must be visible ASCII.");
    g_autoptr(GBytes) decoded = base64_decode(value, -1);
    if (decoded == NULL)
        return refuse(error, "a value is not base64.");
    return keep(self, pair, decoded) || refuse(error, "a key comes twice.");
}

HttpTusMetadata *http_tus_metadata_parse(const char *raw, GError **error)
{
    g_autoptr(HttpTusMetadata) self = g_new0(HttpTusMetadata, 1);
    self->pairs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    if (raw == NULL || *raw == '\0')
        return g_steal_pointer(&self);
    if (strlen(raw) > RAW_MAX) {
        refuse(error, "it is too long.");
        return NULL;
    }
    g_auto(GStrv) pairs = g_strsplit(raw, ",", KEYS_MAX + 1);
    if (g_strv_length(pairs) > KEYS_MAX) {
        refuse(error, "it has too many keys.");
        return NULL;
    }
    for (char **pair = pairs; *pair != NULL; pair++)
        if (!read_pair(self, *pair, error))
            return NULL;
    self->raw = g_strdup(raw);
    return g_steal_pointer(&self);
}
