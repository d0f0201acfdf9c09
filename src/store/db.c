/* store/db.c: see db.h. The part that is the same for every engine. */
#include "base/error.h"
#include "store/db_engine.h"
#include <string.h>

Db *db_open(const Env *env, const char *where, const Secret *key, DbMode mode, GError **error)
{
    return db_open_sqlite(env, where, key, mode, error);
}

void db_close(Db *self)
{
    if (self == NULL)
        return;
    db_rollback(self);
    self->engine->close(self);
}

DbQuery *db_query(Db *self, const char *sql)
{
    return self->engine->query(self, sql);
}

void db_query_free(DbQuery *self)
{
    if (self == NULL)
        return;
    g_clear_error(&self->error);
    self->db->engine->query_free(self);
}

/* The first fault of a query is the one that its step tells. */
static void bound(DbQuery *self, gboolean found, const char *name)
{
    if (!found && self->error == NULL)
        g_set_error(&self->error, COMITY_ERROR, COMITY_ERROR_INVALID, "The statement has no parameter “:%s”.", name);
}

void db_bind_integer(DbQuery *self, const char *name, gint64 value)
{
    if (self->error == NULL)
        bound(self, self->db->engine->bind_integer(self, name, value), name);
}

void db_bind_text(DbQuery *self, const char *name, const char *value)
{
    if (value == NULL)
        db_bind_null(self, name);
    else
        db_bind_text_length(self, name, value, strlen(value));
}

void db_bind_text_length(DbQuery *self, const char *name, const char *value, gsize length)
{
    if (self->error == NULL)
        bound(self, self->db->engine->bind_text(self, name, value, length), name);
}

void db_bind_blob(DbQuery *self, const char *name, gconstpointer bytes, gsize length)
{
    if (bytes == NULL)
        db_bind_null(self, name);
    else if (self->error == NULL)
        bound(self, self->db->engine->bind_blob(self, name, bytes, length), name);
}

void db_bind_bytes(DbQuery *self, const char *name, GBytes *bytes)
{
    gsize length = 0;
    gconstpointer data = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
    if (bytes != NULL && data == NULL)
        data = ""; /* empty, which is not null */
    db_bind_blob(self, name, data, length);
}

void db_bind_null(DbQuery *self, const char *name)
{
    if (self->error == NULL)
        bound(self, self->db->engine->bind_null(self, name), name);
}

/* FALSE where an earlier failure left only the way back (D4). */
static gboolean may_go_on(const Db *self, GError **error)
{
    if (!self->lost)
        return TRUE;
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_INVALID,
                        "An earlier statement of this transaction failed; it has to be rolled back first.");
    return FALSE;
}

gboolean db_is_lost(const Db *self)
{
    return self->lost;
}

static int failed(Db *self)
{
    self->lost = self->in_transaction;
    return -1;
}

int db_step(DbQuery *self, GError **error)
{
    Db *db = self->db;
    if (!may_go_on(db, error))
        return -1;
    if (self->error != NULL) {
        g_propagate_error(error, g_error_copy(self->error));
        return failed(db);
    }
    int row = db->engine->step(self, error);
    return row < 0 ? failed(db) : row;
}

gboolean db_run(DbQuery *self, GError **error)
{
    int row;
    while ((row = db_step(self, error)) > 0)
        ;
    return row == 0;
}

void db_reset(DbQuery *self)
{
    self->db->engine->reset(self);
}

gint64 db_integer(const DbQuery *self, guint column)
{
    return self->db->engine->integer(self, column);
}

const char *db_text(const DbQuery *self, guint column)
{
    return self->db->engine->text(self, column);
}

gconstpointer db_blob(const DbQuery *self, guint column, gsize *length)
{
    return self->db->engine->blob(self, column, length);
}

GBytes *db_bytes(const DbQuery *self, guint column)
{
    gsize length = 0;
    gconstpointer bytes = db_blob(self, column, &length);
    return bytes == NULL ? NULL : g_bytes_new(bytes, length);
}

gboolean db_is_null(const DbQuery *self, guint column)
{
    return self->db->engine->is_null(self, column);
}

gboolean db_execute(Db *self, const char *sql, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self, sql);
    return db_run(query, error);
}

gboolean db_integer_of(Db *self, const char *sql, gint64 fallback, gint64 *value, GError **error)
{
    g_autoptr(DbQuery) query = db_query(self, sql);
    int row = db_step(query, error);
    if (row < 0)
        return FALSE;
    *value = row == 0 || db_is_null(query, 0) ? fallback : db_integer(query, 0);
    return TRUE;
}

gint64 db_changes(const Db *self)
{
    return self->engine->changes(self);
}

gboolean db_define(Db *self, const char *sql, GError **error)
{
    if (!may_go_on(self, error))
        return FALSE;
    if (self->engine->define(self, sql, error))
        return TRUE;
    failed(self);
    return FALSE;
}

gboolean db_begin(Db *self, GError **error)
{
    g_return_val_if_fail(!self->in_transaction, FALSE);
    if (!self->engine->begin(self, error))
        return FALSE;
    self->in_transaction = TRUE;
    self->lost = FALSE;
    self->savepoints = 0;
    return TRUE;
}

gboolean db_commit(Db *self, GError **error)
{
    g_return_val_if_fail(self->in_transaction, FALSE);
    if (may_go_on(self, error) && db_execute(self, "COMMIT", error)) {
        self->in_transaction = FALSE;
        return TRUE;
    }
    db_rollback(self);
    return FALSE;
}

void db_rollback(Db *self)
{
    if (!self->in_transaction)
        return;
    self->lost = FALSE;
    /* Nothing to be done about a failure here: the engine has rolled back itself, or does when it is closed. */
    g_autoptr(GError) ignored = NULL;
    if (self->engine->is_open(self) && !db_execute(self, "ROLLBACK", &ignored))
        g_warning("rolling back: %s", ignored->message);
    self->in_transaction = FALSE;
    self->lost = FALSE;
    self->savepoints = 0;
}

gboolean db_in_transaction(const Db *self)
{
    return self->in_transaction;
}

gboolean db_savepoint(Db *self, GError **error)
{
    g_return_val_if_fail(self->in_transaction, FALSE);
    char sql[32];
    g_snprintf(sql, sizeof sql, "SAVEPOINT s%u", self->savepoints + 1);
    if (!db_execute(self, sql, error))
        return FALSE;
    self->savepoints++;
    return TRUE;
}

gboolean db_release(Db *self, GError **error)
{
    g_return_val_if_fail(self->savepoints > 0, FALSE);
    char sql[32];
    g_snprintf(sql, sizeof sql, "RELEASE SAVEPOINT s%u", self->savepoints);
    if (!db_execute(self, sql, error))
        return FALSE;
    self->savepoints--;
    return TRUE;
}

gboolean db_rollback_to(Db *self, GError **error)
{
    g_return_val_if_fail(self->savepoints > 0, FALSE);
    if (!self->engine->is_open(self)) {
        self->lost = TRUE;
        g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_IO,
                            "The database gave up the whole transaction, not this part of it alone.");
        return FALSE;
    }
    self->lost = FALSE;
    char sql[40];
    g_snprintf(sql, sizeof sql, "ROLLBACK TO SAVEPOINT s%u", self->savepoints);
    return db_execute(self, sql, error) && db_release(self, error);
}

gboolean db_purge(Db *self, GError **error)
{
    g_return_val_if_fail(!self->in_transaction, FALSE);
    return self->engine->purge(self, error);
}

gboolean db_check(Db *self, DbDamage damage, gpointer data, GError **error)
{
    g_return_val_if_fail(!self->in_transaction, FALSE);
    return self->engine->check(self, damage, data, error);
}
