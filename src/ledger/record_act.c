/* record_act.c: acts and confirmations, read and written. See record.h. */
#include "base/error.h"
#include "base/text.h"
#include "ledger/record.h"
#include <string.h>

#define SALT_SIZE 16
#define HEX_LENGTH 64

/* The members that every act has; the others are its type's. */
static const char *const own_members[] = {"space", "lane",    "node", "person", "subject",
                                          "prev",  "lasting", "type", "salt"};

/* An act stands on one line of a package, so white space outside strings would not survive there. */
static gboolean has_white_space(const char *bytes, gsize length)
{
    gboolean inside = FALSE;
    for (gsize i = 0; i < length; i++) {
        char c = bytes[i];
        if (c == '"')
            inside = !inside;
        else if (c == '\\' && inside)
            i++;
        else if (!inside && (c == ' ' || c == '\t' || c == '\n' || c == '\r'))
            return TRUE;
    }
    return FALSE;
}

static gboolean repeats(const json_t *act, const char *key, Span value)
{
    const json_t *text = json_object_get(act, key);
    return json_is_string(text) && json_string_length(text) == value.length &&
           memcmp(json_string_value(text), value.at, value.length) == 0;
}

static gboolean repeats_prev(const json_t *act, const Header *header)
{
    const json_t *prev = json_object_get(act, "prev");
    if (!json_is_array(prev) || json_array_size(prev) != header->prev_count)
        return FALSE;
    for (guint i = 0; i < header->prev_count; i++) {
        const json_t *leaf = json_array_get(prev, i);
        const char *expected = header->prev + i * (HEX_LENGTH + 3);
        if (!json_is_string(leaf) || json_string_length(leaf) != HEX_LENGTH ||
            memcmp(json_string_value(leaf), expected, HEX_LENGTH) != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean is_charter(const Header *header)
{
    Hash lane;
    return hash_read(header->lane.at, &lane) && hash_equal(&lane, &header->act);
}

static gboolean repeats_lasting(const json_t *act, const Header *header)
{
    const json_t *lasting = json_object_get(act, "lasting");
    return header->lasting ? json_is_true(lasting) : lasting == NULL;
}

static const char *why_act_differs(const json_t *act, const Header *header)
{
    if (!repeats(act, "space", header->space) || !repeats(act, "node", header->node) ||
        !repeats(act, "person", header->person) || !repeats_prev(act, header) || !repeats_lasting(act, header))
        return "act says otherwise than its header";
    if (is_charter(header)) {
        /* A charter can't name its own hash. */
        if (!json_is_null(json_object_get(act, "lane")) || !json_is_null(json_object_get(act, "subject")))
            return "charter names a lane";
    } else if (!repeats(act, "lane", header->lane) || !repeats(act, "subject", header->subject)) {
        return "act says otherwise than its header";
    }
    if (!json_is_string(json_object_get(act, "type")) || !json_is_string(json_object_get(act, "salt")))
        return "act has no type or no salt";
    return NULL;
}

json_t *act_read(const Header *header, const char *bytes, gsize length, const char **reason)
{
    *reason = "act is longer than 64 KiB";
    if (length > ACT_LIMIT)
        return NULL;
    Hash hash = sha256(bytes, length);
    *reason = "act is not the one that the header names";
    if (!hash_equal(&hash, &header->act))
        return NULL;
    *reason = "act is not strict JSON";
    g_autoptr(json_t) act = json_strict_parse(bytes, length, ACT_LIMIT, NULL);
    if (!act || has_white_space(bytes, length))
        return NULL;
    *reason = why_act_differs(act, header);
    return *reason ? NULL : g_steal_pointer(&act);
}

json_t *act_members(const json_t *act)
{
    json_t *members = json_copy((json_t *)act);
    for (gsize i = 0; i < G_N_ELEMENTS(own_members); i++)
        json_object_del(members, own_members[i]);
    return members;
}

static json_t *leaves(const Hash *prev, guint count)
{
    json_t *list = json_array();
    for (guint i = 0; i < count; i++) {
        char hex[HASH_HEX_SIZE];
        hash_write(hex, &prev[i]);
        json_array_append_new(list, json_string(hex));
    }
    return list;
}

GBytes *act_write(const ActParts *parts, const Env *env, GError **error)
{
    guint8 random[SALT_SIZE];
    char salt[2 * SALT_SIZE + 1];
    env_random(env, random, sizeof random);
    hex_write(salt, random, sizeof random);
    gboolean charter = parts->lane == NULL;
    g_autoptr(json_t) act = json_object();
    json_object_set_new(act, "space", json_string(parts->space));
    json_object_set_new(act, "lane", charter ? json_null() : json_string(parts->lane));
    json_object_set_new(act, "node", json_string(parts->node));
    json_object_set_new(act, "person", json_string(parts->person));
    json_object_set_new(act, "subject", charter ? json_null() : json_string(parts->subject));
    json_object_set_new(act, "prev", leaves(parts->prev, parts->prev_count));
    if (parts->lasting)
        json_object_set_new(act, "lasting", json_true());
    json_object_set_new(act, "type", json_string(parts->type));
    json_object_set_new(act, "salt", json_string(salt));
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)parts->members, key, value)
    {
        g_assert(!json_object_get(act, key)); /* the members of a type never name the ledger's own */
        json_object_set(act, key, value);
    }
    gsize length;
    char *bytes = json_compact(act, &length);
    if (length > ACT_LIMIT) {
        g_free(bytes);
        error_set(error, COMITY_ERROR_LIMIT, "act.too_large", "",
                  "The act would have %" G_GSIZE_FORMAT " bytes, more than 64 KiB; put longer text into a file.",
                  length);
        return NULL;
    }
    return g_bytes_new_take(bytes, length);
}

/* ---- confirmations ---- */

void confirmation_free(Confirmation *self)
{
    if (!self)
        return;
    g_free(self->credential);
    g_bytes_unref(self->authenticator_data);
    g_bytes_unref(self->client_data);
    g_bytes_unref(self->signature);
    g_free(self);
}

static GBytes *decoded(const json_t *object, const char *key)
{
    const char *text = json_text(object, key);
    return text ? base64url_decode(text, -1) : NULL;
}

Confirmation *confirmation_parse(const char *bytes, gsize length, GError **error)
{
    g_autoptr(json_t) object = json_strict_parse(bytes, length, CONFIRMATION_LIMIT, error);
    if (!object)
        return NULL;
    g_autoptr(GBytes) credential = decoded(object, "credential");
    g_autoptr(GBytes) authenticator_data = decoded(object, "authenticator_data");
    g_autoptr(GBytes) client_data = decoded(object, "client_data");
    g_autoptr(GBytes) signature = decoded(object, "signature");
    if (json_object_size(object) != 4 || !credential || !authenticator_data || !client_data || !signature ||
        has_white_space(bytes, length)) {
        error_set(error, COMITY_ERROR_INVALID, "confirmation.invalid", "",
                  "A confirmation has the members credential, authenticator_data, client_data and signature, each in "
                  "base64url, and nothing else.");
        return NULL;
    }
    Confirmation *self = g_new(Confirmation, 1);
    self->credential = g_strdup(json_text(object, "credential"));
    self->authenticator_data = g_steal_pointer(&authenticator_data);
    self->client_data = g_steal_pointer(&client_data);
    self->signature = g_steal_pointer(&signature);
    return self;
}

static void append_encoded(GString *text, const char *key, GBytes *value)
{
    gsize length;
    gconstpointer bytes = g_bytes_get_data(value, &length);
    g_autofree char *encoded = base64url_encode(bytes, length);
    g_string_append_printf(text, ",\"%s\":\"%s\"", key, encoded);
}

GBytes *confirmation_write(const Assertion *assertion)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "{\"credential\":\"%s\"", assertion->credential);
    append_encoded(text, "authenticator_data", assertion->authenticator_data);
    append_encoded(text, "client_data", assertion->client_data);
    append_encoded(text, "signature", assertion->signature);
    g_string_append_c(text, '}');
    return g_string_free_to_bytes(text);
}
