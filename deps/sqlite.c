/* deps/sqlite.c: the SQLite amalgamation as one unit, and the one thing about its files that its interface keeps to
 * itself: the descriptor, so that syncing can go through struct env (store/sqlite_vfs.h). */
#include "sqlite3.c"

int sqlite_unix_descriptor(sqlite3_file *file);

/* @file: opened by SQLite's own VFS "unix". */
int sqlite_unix_descriptor(sqlite3_file *file)
{
    return ((unixFile *)file)->h;
}
