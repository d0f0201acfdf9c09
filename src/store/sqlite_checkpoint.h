/* store/sqlite_checkpoint.h: moves SQLite's write-ahead log into the database file, away from the writer's path.
 *
 * Idea: a commit only appends to the log. Somebody has to carry the log's pages home before it grows too long, which
 * costs two syncs and scattered writes. So a thread with a connection of its own carries most of them while the writer
 * goes on. It never catches up with a busy writer, and a log that is not wholly home is not begun anew; so the writer
 * itself carries the few that are left, after a commit.
 *   K1  The thread begins when the log has grown by LIMIT pages since the last time.
 *   K2  The writer's share are the pages that came while the thread worked: milliseconds, once in LIMIT pages.
 *   K3  A writer that outruns the thread waits for it: the log stays below some 40 MiB.
 *   K4  Readers of an old state can keep the log from being begun anew, never from being read: it only grows meanwhile.
 * Inside store/ only. */
#pragma once
#include "base/env.h"
#include "crypto/secret.h"
#include <sqlite3.h>

typedef struct SqliteCheckpointer SqliteCheckpointer;

/* Watches the commits of @writer on the database at @path. Starts the thread. New. */
SqliteCheckpointer *sqlite_checkpointer_new(const Env *env, const char *path, const Secret *key, sqlite3 *writer,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Stops the thread. Before @writer is closed. */
void sqlite_checkpointer_free(SqliteCheckpointer *self);
