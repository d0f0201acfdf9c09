/* store/sqlite_checkpoint.c: see sqlite_checkpoint.h. */
#include "store/sqlite_private.h"

#define LIMIT 2000           /* pages: 8 MiB */
#define PATIENCE (3 * LIMIT) /* more than this while the thread works, and the writer waits for it */

typedef enum { IDLE, WANTED, WORKING, REST } Stage; /* REST: the writer's turn (K2) */

struct SqliteCheckpointer {
    GThread *thread;
    SqliteVfs *vfs;
    sqlite3 *own; /* the thread's connection */
    sqlite3 *writer;
    int seen; /* pages in the log when it was last carried home; the writer's */
    GMutex lock;
    GCond changed; /* stage or stop */
    Stage stage;   /* under lock */
    gboolean stop; /* under lock */
};

/* A failure leaves the log as it is; it is tried again, and what matters is found by the next commit. */
static void carry(sqlite3 *handle)
{
    sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static gpointer run(gpointer data)
{
    SqliteCheckpointer *self = data;
    g_mutex_lock(&self->lock);
    for (;;) {
        while (self->stage != WANTED && !self->stop)
            g_cond_wait(&self->changed, &self->lock);
        if (self->stop)
            break;
        self->stage = WORKING;
        g_mutex_unlock(&self->lock);
        carry(self->own);
        g_mutex_lock(&self->lock);
        self->stage = REST; /* what was appended meanwhile, the thread can't know */
        g_cond_broadcast(&self->changed);
    }
    g_mutex_unlock(&self->lock);
    return NULL;
}

/* Moves on to the next stage after a commit that left @pages in the log. TRUE: the writer's share is due. */
static gboolean next_stage(SqliteCheckpointer *self, int pages)
{
    if (pages < self->seen)
        self->seen = 0; /* the log was begun anew */
    if (self->stage == IDLE && pages - self->seen >= LIMIT) {
        self->seen = pages; /* K1 */
        self->stage = WANTED;
        g_cond_broadcast(&self->changed);
    }
    while (self->stage != IDLE && self->stage != REST && pages - self->seen >= PATIENCE)
        g_cond_wait(&self->changed, &self->lock); /* K3 */
    if (self->stage != REST)
        return FALSE;
    self->stage = IDLE;
    return TRUE;
}

/* SQLite calls this on the writer's thread after each commit, outside the transaction. */
static int committed(void *data, sqlite3 *handle, const char *schema G_GNUC_UNUSED, int pages)
{
    SqliteCheckpointer *self = data;
    g_mutex_lock(&self->lock);
    gboolean due = next_stage(self, pages);
    g_mutex_unlock(&self->lock);
    if (due)
        carry(handle); /* K2 */
    return SQLITE_OK;
}

SqliteCheckpointer *sqlite_checkpointer_new(const Env *env, const char *path, const Secret *key, sqlite3 *writer,
                                            GError **error)
{
    g_autoptr(SqliteVfs) vfs = sqlite_vfs_new(env, error);
    if (vfs == NULL)
        return NULL;
    sqlite3 *own = sqlite_connect(vfs, path, key, DB_READ_WRITE, error);
    if (own == NULL)
        return NULL;
    SqliteCheckpointer *self = g_new0(SqliteCheckpointer, 1);
    self->vfs = g_steal_pointer(&vfs);
    self->own = own;
    self->writer = writer;
    g_mutex_init(&self->lock);
    g_cond_init(&self->changed);
    sqlite3_wal_hook(writer, committed, self);
    self->thread = g_thread_new("checkpoint", run, self);
    return self;
}

void sqlite_checkpointer_free(SqliteCheckpointer *self)
{
    if (self == NULL)
        return;
    sqlite3_wal_hook(self->writer, NULL, NULL);
    g_mutex_lock(&self->lock);
    self->stop = TRUE;
    g_cond_broadcast(&self->changed);
    g_mutex_unlock(&self->lock);
    g_thread_join(self->thread);
    sqlite3_close_v2(self->own);
    sqlite_vfs_free(self->vfs);
    g_cond_clear(&self->changed);
    g_mutex_clear(&self->lock);
    g_free(self);
}
