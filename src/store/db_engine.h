/* store/db_engine.h: what an engine does for db.c. Inside store/ only.
 *
 * db.c owns what is the same for all: the state of the transaction (db.h D4), names of savepoints, errors of a query
 * that wait for its first step. An engine's connection and query begin with these structs. */
#pragma once
#include "store/db.h"

typedef struct {
    void (*close)(Db *db);
    DbQuery *(*query)(Db *db, const char *sql); /* never NULL; a broken one has its `error` set */
    void (*query_free)(DbQuery *query);
    gboolean (*bind_integer)(DbQuery *query, const char *name, gint64 value); /* FALSE: no such parameter */
    gboolean (*bind_text)(DbQuery *query, const char *name, const char *value, gsize length);
    gboolean (*bind_blob)(DbQuery *query, const char *name, gconstpointer bytes, gsize length);
    gboolean (*bind_null)(DbQuery *query, const char *name);
    int (*step)(DbQuery *query, GError **error);
    void (*reset)(DbQuery *query);
    gint64 (*integer)(const DbQuery *query, guint column);
    const char *(*text)(const DbQuery *query, guint column);
    gconstpointer (*blob)(const DbQuery *query, guint column, gsize *length);
    gboolean (*is_null)(const DbQuery *query, guint column);
    gint64 (*changes)(const Db *db);
    gboolean (*define)(Db *db, const char *sql, GError **error);
    gboolean (*begin)(Db *db, GError **error);
    gboolean (*is_open)(const Db *db); /* does the engine still hold the transaction? */
    gboolean (*purge)(Db *db, GError **error);
    gboolean (*check)(Db *db, DbDamage damage, gpointer data, GError **error);
} DbEngine;

struct Db {
    const DbEngine *engine;
    gboolean in_transaction;
    gboolean lost;    /* a statement failed: only going back is left (D4) */
    guint savepoints; /* open ones */
};

struct DbQuery {
    Db *db;
    GError *error; /* told by the first step */
};

/* Opens SQLite's file at @path (sqlite.c). */
Db *db_open_sqlite(const Env *env, const char *path, const Secret *key, DbMode mode,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
