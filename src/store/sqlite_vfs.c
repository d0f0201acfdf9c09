/* store/sqlite_vfs.c: see sqlite_vfs.h. A file is opened by SQLite's own VFS in the memory that we are given, and only
 * its method for syncing is exchanged: so nothing else passes through here. */
#include "store/sqlite_vfs.h"
#include "base/error.h"
#include "base/file.h"
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

int sqlite_unix_descriptor(sqlite3_file *file); /* deps/sqlite.c */

struct SqliteVfs {
    sqlite3_vfs base;
    sqlite3_vfs *real;
    const Env *env;
    char *name;   /* ours */
    char *cipher; /* of the VFS above it */
    int database; /* descriptor of the main file; SQLite's */
};

/* Lies right behind SQLite's own file. */
typedef struct {
    sqlite3_io_methods methods; /* the real ones, but for xSync */
    const sqlite3_io_methods *real;
    const Env *env;
    gboolean named; /* SQLite synced the folder of a new file: it does so with the first sync */
} Extra;

static Extra *extra_of(sqlite3_file *file, const sqlite3_vfs *real)
{
    return (Extra *)(gpointer)((guint8 *)file + real->szOsFile);
}

static int sync_file(sqlite3_file *file, int flags)
{
    Extra *extra = (Extra *)(gpointer)file->pMethods; /* its first member */
    if (!extra->named) {
        int result = extra->real->xSync(file, flags);
        if (result != SQLITE_OK)
            return result;
        extra->named = TRUE;
    }
    return env_sync(extra->env, sqlite_unix_descriptor(file)) == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    SqliteVfs *self = (SqliteVfs *)vfs;
    int result = self->real->xOpen(self->real, name, file, flags, out_flags);
    if (result != SQLITE_OK || file->pMethods == NULL)
        return result;
    Extra *extra = extra_of(file, self->real);
    *extra = (Extra){.methods = *file->pMethods, .real = file->pMethods, .env = self->env};
    extra->methods.xSync = sync_file;
    file->pMethods = &extra->methods;
    if (flags & SQLITE_OPEN_MAIN_DB)
        self->database = sqlite_unix_descriptor(file);
    return SQLITE_OK;
}

SqliteVfs *sqlite_vfs_new(const Env *env, GError **error)
{
    sqlite3_vfs *real = NULL;
    if (sqlite3_initialize() == SQLITE_OK)
        real = sqlite3_vfs_find("unix");
    SqliteVfs *self = g_new0(SqliteVfs, 1);
    self->env = env;
    self->real = real;
    self->database = -1;
    self->name = g_strdup_printf("comity-%p", (gpointer)self);
    self->cipher = g_strdup_printf("multipleciphers-%s", self->name);
    if (real != NULL) {
        self->base = *real; /* whatever takes the VFS itself works on the real one's data */
        self->base.pNext = NULL;
        self->base.zName = self->name;
        self->base.szOsFile = real->szOsFile + (int)sizeof(Extra);
        self->base.xOpen = open_file;
        if (sqlite3_vfs_register(&self->base, FALSE) == SQLITE_OK &&
            sqlite3mc_vfs_create(self->name, FALSE) == SQLITE_OK)
            return self;
    }
    sqlite_vfs_free(self);
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_IO, "SQLite does not start.");
    return NULL;
}

void sqlite_vfs_free(SqliteVfs *self)
{
    if (self == NULL)
        return;
    sqlite3mc_vfs_destroy(self->cipher);
    sqlite3_vfs_unregister(&self->base);
    g_free(self->cipher);
    g_free(self->name);
    g_free(self);
}

const char *sqlite_vfs_name(const SqliteVfs *self)
{
    return self->cipher;
}

gboolean sqlite_vfs_read_head(const SqliteVfs *self, gpointer out, gsize length, GError **error)
{
    memset(out, 0, length);
    return file_pread(self->database, out, length, 0, error) >= 0;
}

gint64 sqlite_vfs_file_size(const SqliteVfs *self)
{
    struct stat about;
    return fstat(self->database, &about) == 0 ? (gint64)about.st_size : -1;
}
