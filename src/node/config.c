#include "node/config.h"
#include "base/error.h"
#include "base/file.h"
#include <string.h>

#define CONFIG_LIMIT (64 * 1024)
#define NAME_LIMIT 100
#define TITLE_LIMIT 200

/* Every key there is. A file that says anything else is refused (K2). */
typedef struct {
    const char *group;
    const char *key;
    gsize offset; /* of the char * in NodeConfig */
    gboolean required;
} ConfigKey;

static const ConfigKey config_keys[] = {
    {"node", "name", G_STRUCT_OFFSET(NodeConfig, name), TRUE},
    {"node", "title", G_STRUCT_OFFSET(NodeConfig, title), FALSE},
    {"node", "country", G_STRUCT_OFFSET(NodeConfig, country), TRUE},
    {"node", "origin", G_STRUCT_OFFSET(NodeConfig, origin), TRUE},
    {"keys", "master_key_file", G_STRUCT_OFFSET(NodeConfig, master_key_file), FALSE},
};

static char **config_slot(const NodeConfig *config, const ConfigKey *key)
{
    return (char **)((const char *)config + key->offset);
}

void node_config_free(NodeConfig *self)
{
    if (!self)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(config_keys); i++)
        g_free(*config_slot(self, &config_keys[i]));
    g_free(self);
}

NodeConfig *node_config_copy(const NodeConfig *config)
{
    NodeConfig *copy = g_new0(NodeConfig, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(config_keys); i++)
        *config_slot(copy, &config_keys[i]) = g_strdup(*config_slot(config, &config_keys[i]));
    return copy;
}

char *origin_host(const char *origin)
{
    g_autoptr(GUri) uri = g_uri_parse(origin, G_URI_FLAGS_NONE, NULL);
    if (!uri || !g_uri_get_host(uri) || g_uri_get_userinfo(uri) || g_uri_get_query(uri) || g_uri_get_fragment(uri) ||
        *g_uri_get_path(uri))
        return NULL;
    return g_ascii_strdown(g_uri_get_host(uri), -1);
}

/* https anywhere; http only where no network is crossed: browsers treat localhost as a secure context. */
static gboolean origin_is_good(const char *origin)
{
    g_autofree char *host = origin_host(origin);
    if (!host || !*host)
        return FALSE;
    if (g_str_has_prefix(origin, "https://"))
        return TRUE;
    return g_str_has_prefix(origin, "http://") &&
           (g_str_equal(host, "localhost") || g_str_has_suffix(host, ".localhost"));
}

static gboolean name_is_good(const char *name)
{
    gsize length = strlen(name);
    return length > 0 && length <= NAME_LIMIT && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == length;
}

static gboolean title_is_good(const char *title)
{
    if (!g_utf8_validate(title, -1, NULL) || g_utf8_strlen(title, -1) > TITLE_LIMIT)
        return FALSE;
    for (const char *at = title; *at; at = g_utf8_next_char(at))
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            return FALSE;
    return TRUE;
}

gboolean node_config_check(const NodeConfig *config, GError **error)
{
    const char *wrong = NULL;
    if (!config->name || !name_is_good(config->name))
        wrong = "A node's name is 1 to 100 of the characters a-z, 0-9, dot and hyphen.";
    else if (config->title && !title_is_good(config->title))
        wrong = "A node's title is one line of at most 200 characters.";
    else if (!config->country || strlen(config->country) != 2 || !g_ascii_isupper(config->country[0]) ||
             !g_ascii_isupper(config->country[1]))
        wrong = "A node's country is a code of two capital letters (ISO 3166-1), such as IT.";
    else if (!config->origin || !origin_is_good(config->origin))
        wrong = "A node's origin is https://HOST or https://HOST:PORT without a path (http:// for localhost alone).";
    if (!wrong)
        return TRUE;
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_INVALID, wrong);
    return FALSE;
}

/* Levenshtein's distance: how many letters somebody must have missed. */
static guint distance(const char *a, const char *b)
{
    gsize length = strlen(b);
    g_autofree guint *row = g_new(guint, length + 1);
    for (gsize j = 0; j <= length; j++)
        row[j] = (guint)j;
    for (gsize i = 1; a[i - 1]; i++) {
        guint diagonal = row[0];
        row[0] = (guint)i;
        for (gsize j = 1; j <= length; j++) {
            guint changed = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN(changed, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[length];
}

/* The error for a key that nobody knows (K2). */
static gboolean refuse_unknown(const char *group, const char *key, GError **error)
{
    const ConfigKey *nearest = NULL;
    guint best = G_MAXUINT;
    for (gsize i = 0; i < G_N_ELEMENTS(config_keys); i++) {
        guint away = distance(key, config_keys[i].key) + !g_str_equal(group, config_keys[i].group);
        if (away < best) {
            best = away;
            nearest = &config_keys[i];
        }
    }
    g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID,
                "There is no setting “%s” in group [%s]; the nearest is “%s” in [%s].", key, group, nearest->key,
                nearest->group);
    return FALSE;
}

static gboolean is_known(const char *group, const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(config_keys); i++)
        if (g_str_equal(group, config_keys[i].group) && g_str_equal(key, config_keys[i].key))
            return TRUE;
    return FALSE;
}

static gboolean refuse_unknown_keys(GKeyFile *file, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (gsize i = 0; groups[i]; i++) {
        g_auto(GStrv) keys = g_key_file_get_keys(file, groups[i], NULL, NULL);
        for (gsize j = 0; keys && keys[j]; j++)
            if (!is_known(groups[i], keys[j]))
                return refuse_unknown(groups[i], keys[j], error);
    }
    return TRUE;
}

static NodeConfig *config_parse(GBytes *bytes, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) syntax = NULL;
    if (!g_key_file_load_from_bytes(file, bytes, G_KEY_FILE_NONE, &syntax)) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "%s.", syntax->message);
        return NULL;
    }
    if (!refuse_unknown_keys(file, error))
        return NULL;
    g_autoptr(NodeConfig) config = g_new0(NodeConfig, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(config_keys); i++) {
        const ConfigKey *key = &config_keys[i];
        char **slot = config_slot(config, key);
        *slot = g_key_file_get_string(file, key->group, key->key, NULL);
        if (!*slot && key->required) {
            g_set_error(error, COMITY_ERROR, COMITY_ERROR_INVALID, "The setting “%s” in group [%s] is missing.",
                        key->key, key->group);
            return NULL;
        }
    }
    return node_config_check(config, error) ? g_steal_pointer(&config) : NULL;
}

NodeConfig *node_config_load(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = file_read(path, CONFIG_LIMIT, error);
    NodeConfig *config = bytes ? config_parse(bytes, error) : NULL;
    if (!config)
        error_prefix(error, "reading “%s”", path);
    return config;
}

gboolean node_config_save(const NodeConfig *config, const Env *env, const char *path, GError **error)
{
    if (!node_config_check(config, error))
        return FALSE;
    g_autoptr(GKeyFile) file = g_key_file_new();
    for (gsize i = 0; i < G_N_ELEMENTS(config_keys); i++) {
        const char *value = *config_slot(config, &config_keys[i]);
        if (value && *value)
            g_key_file_set_string(file, config_keys[i].group, config_keys[i].key, value);
    }
    gsize length = 0;
    char *text = g_key_file_to_data(file, &length, NULL);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, length);
    return file_replace(env, path, bytes, 0600, error);
}
