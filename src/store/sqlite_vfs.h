/* store/sqlite_vfs.h: SQLite's files as they are, but for one thing: they are synced through struct env, so that tests
 * count syncs, delay them, or make them fail. Inside store/ only.
 *
 * A VFS is one connection's. The library of ciphers stands above it and encrypts what passes. */
#pragma once
#include "base/env.h"

typedef struct SqliteVfs SqliteVfs;

/* Registers it with SQLite. @env: borrowed. New; NULL with COMITY_ERROR_IO. */
SqliteVfs *sqlite_vfs_new(const Env *env, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* After its connection is closed. */
void sqlite_vfs_free(SqliteVfs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqliteVfs, sqlite_vfs_free)
/* What sqlite3_open_v2() takes. */
const char *sqlite_vfs_name(const SqliteVfs *self);
/* The first @length bytes of the database file as they lie on the disk, encrypted. SQLite's own descriptor is used: to
 * open and close the file once more would drop the locks that this process holds on it. */
gboolean sqlite_vfs_read_head(const SqliteVfs *self, gpointer out, gsize length,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The length of the database file. */
gint64 sqlite_vfs_file_size(const SqliteVfs *self);
