/* node/token.c: see token.h. */
#include "node/token.h"
#include "base/error.h"
#include "base/text.h"
#include "node/tx.h"
#include <string.h>

#define SECRET_BYTES 32
#define SECRET_LENGTH 43
#define CHECKSUM_BYTES 4
#define CHECKSUM_LENGTH 6
#define TOUCH_EVERY_MS (60 * 60 * 1000)
#define KEEPER "token"

static const struct {
    const char *name;
    guint scope;
} scope_names[] = {
    {"all", SCOPE_ALL},
    {"cases:read", SCOPE_CASES_READ},
    {"cases:write", SCOPE_CASES_WRITE},
    {"evidence:read", SCOPE_EVIDENCE_READ},
    {"evidence:write", SCOPE_EVIDENCE_WRITE},
    {"export", SCOPE_EXPORT},
};

char *secret_text_new(const Env *env)
{
    guint8 bytes[SECRET_BYTES];
    env_random(env, bytes, sizeof bytes);
    char *text = base64url_encode(bytes, sizeof bytes);
    explicit_bzero(bytes, sizeof bytes);
    return text;
}

Hash secret_text_hash(const char *text)
{
    return sha256(text, strlen(text));
}

/* The first bytes of the SHA-256 of what stands before it. */
static char *checksum(const char *text, gsize length)
{
    Hash hash = sha256(text, length);
    return base64url_encode(hash.bytes, CHECKSUM_BYTES);
}

char *token_text_new(const Env *env)
{
    g_autofree char *secret = secret_text_new(env);
    g_autofree char *start = g_strconcat(TOKEN_PREFIX, secret, NULL);
    g_autofree char *end = checksum(start, strlen(start));
    return g_strconcat(start, end, NULL);
}

gboolean token_text_is_valid(const char *text)
{
    const gsize start = strlen(TOKEN_PREFIX) + SECRET_LENGTH;
    if (!g_str_has_prefix(text, TOKEN_PREFIX) || strlen(text) != start + CHECKSUM_LENGTH)
        return FALSE;
    g_autofree char *end = checksum(text, start);
    return g_str_equal(text + start, end);
}

guint scope_read(const char *name)
{
    for (gsize n = 0; n < G_N_ELEMENTS(scope_names); n++) {
        if (g_strcmp0(name, scope_names[n].name) == 0)
            return scope_names[n].scope;
    }
    return 0;
}

json_t *scopes_json(guint scopes)
{
    json_t *names = json_array();
    for (gsize n = 0; n < G_N_ELEMENTS(scope_names); n++) {
        if ((scopes & scope_names[n].scope) != scope_names[n].scope)
            continue;
        json_array_append_new(names, json_string(scope_names[n].name));
        if (scope_names[n].scope == SCOPE_ALL)
            break;
    }
    return names;
}

gboolean scopes_read(const char *const *names, guint *scopes, GError **error)
{
    *scopes = 0;
    for (guint n = 0; names[n]; n++) {
        guint scope = scope_read(names[n]);
        if (scope == 0) {
            g_autofree char *pointer = g_strdup_printf("/scopes/%u", n);
            error_set(
                error, COMITY_ERROR_INVALID, "token.unknown_scope", pointer,
                "There is no such scope; use cases:read, cases:write, evidence:read, evidence:write, export or all.");
            return FALSE;
        }
        *scopes |= scope;
    }
    if (*scopes == 0) {
        error_set(error, COMITY_ERROR_INVALID, "token.unknown_scope", "/scopes", "A token needs at least one scope.");
        return FALSE;
    }
    return TRUE;
}

gboolean scopes_read_json(const json_t *names, guint *scopes, GError **error)
{
    gsize count = json_array_size(names);
    g_autofree const char **texts = g_new0(const char *, count + 1);
    for (gsize n = 0; n < count; n++) {
        const char *text = json_string_value(json_array_get(names, n));
        texts[n] = text ? text : "";
    }
    return scopes_read(texts, scopes, error);
}

void token_grant_clear(TokenGrant *self)
{
    g_clear_pointer(&self->id, g_free);
    g_clear_pointer(&self->person, g_free);
}

void token_set_keeper(Node *node, const TokenKeeper *keeper)
{
    node_set_feature_data(node, KEEPER, (gpointer)keeper);
}

gboolean token_find(Node *node, Db *db, const Hash *secret, TokenGrant *grant, GError **error)
{
    const TokenKeeper *keeper = node_feature_data(node, KEEPER);
    if (keeper)
        return keeper->find(db, secret, grant, error);
    error_set(error, COMITY_ERROR_NOT_FOUND, "", "", "This token is not known here.");
    return FALSE;
}

typedef struct {
    const char *id;
    gint64 used;
} Touch;

static gboolean touch(Tx *tx, gpointer data, GError **error)
{
    const Touch *self = data;
    g_autoptr(DbQuery) put = db_query(tx_db(tx), "INSERT INTO token_use (token, used) VALUES (:token, :used) "
                                                 "ON CONFLICT (token) DO UPDATE SET used = :used");
    db_bind_text(put, "token", self->id);
    db_bind_integer(put, "used", self->used);
    return db_run(put, error);
}

void token_touch(Node *node, const char *id, gint64 used_ms)
{
    gint64 now = env_now_ms(node_env(node));
    if (now - used_ms < TOUCH_EVERY_MS)
        return;
    Touch data = {.id = id, .used = now};
    g_autoptr(GError) error = NULL;
    if (!node_write(node, touch, &data, &error))
        g_warning("noting the use of a token: %s", error->message); /* hinders nobody */
}
