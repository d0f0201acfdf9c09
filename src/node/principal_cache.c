/* node/principal_cache.c: see principal_cache.h. */
#include "node/principal_cache.h"

#define KEEPER "principal-cache"
#define MOST 4096

typedef struct {
    GMutex lock;
    guint commits;       /* C1: of all entries */
    GHashTable *entries; /* Hash to Found */
} PrincipalCache;

void found_clear(Found *self)
{
    g_clear_pointer(&self->principal, principal_free);
    g_clear_pointer(&self->session, session_free);
}

static void found_free(gpointer data)
{
    found_clear(data);
    g_free(data);
}

static Found found_copy(const Found *self)
{
    return (Found){.principal = principal_copy(self->principal),
                   .session = self->session ? session_copy(self->session) : NULL,
                   .expires_ms = self->expires_ms,
                   .used_ms = self->used_ms};
}

void principal_cache_start(Node *node)
{
    PrincipalCache *self = g_new0(PrincipalCache, 1);
    g_mutex_init(&self->lock);
    self->entries = g_hash_table_new_full(hash_table_hash, hash_table_equal, g_free, found_free);
    node_set_feature_data(node, KEEPER, self);
}

void principal_cache_stop(Node *node)
{
    PrincipalCache *self = node_feature_data(node, KEEPER);
    node_set_feature_data(node, KEEPER, NULL);
    g_hash_table_unref(self->entries);
    g_mutex_clear(&self->lock);
    g_free(self);
}

/* Under the lock: nothing of another commit is left. */
static void settle(PrincipalCache *self, guint commits)
{
    if (self->commits == commits && g_hash_table_size(self->entries) < MOST)
        return;
    g_hash_table_remove_all(self->entries);
    self->commits = commits;
}

gboolean principal_cache_get(Node *node, const Hash *secret, Found *found, guint *commits)
{
    PrincipalCache *self = node_feature_data(node, KEEPER);
    *commits = node_commits(node);
    if (!self)
        return FALSE;
    G_GNUC_UNUSED g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    settle(self, *commits);
    const Found *entry = g_hash_table_lookup(self->entries, secret);
    if (entry)
        *found = found_copy(entry);
    return entry != NULL;
}

void principal_cache_put(Node *node, const Hash *secret, const Found *found, guint commits)
{
    PrincipalCache *self = node_feature_data(node, KEEPER);
    if (!self)
        return;
    Found *entry = g_new0(Found, 1);
    *entry = found_copy(found);
    G_GNUC_UNUSED g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    if (self->commits == commits)
        g_hash_table_replace(self->entries, g_memdup2(secret, sizeof *secret), entry);
    else
        found_free(entry);
}
