/* store/db_schema.h: how tables come about and change.
 *
 * Idea: there are two kinds. What no record says (sessions, jobs, uploads) is carried along by numbered steps. What
 * records say (projections) is never carried along: a new version drops its tables and fills them again.
 *   V1  A step runs once, in order, and with its number in one transaction. A database of a later program is refused.
 *   V2  A projection's tables, its version and its new rows appear together, at the commit of the caller. */
#pragma once
#include "store/db.h"

/* Brings the tables of @name up to date. @sql: definitions; each line "-- migration N" (1, 2, 3...) begins a step. In a
 * transaction of its own, one a step. COMITY_ERROR_UNSUPPORTED where the database is ahead of @sql. */
gboolean db_schema_apply(Db *self, const char *name, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The version that the tables of projection @name were made by; 0: there are none. */
gboolean db_projection_version(Db *self, const char *name, gint64 *version, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Drops the tables that @name had (as noted when they were made) and makes those of @sql, empty, in the caller's
 * transaction, which then fills them (V2). @tables: their names, ended by NULL. */
gboolean db_projection_make(Db *self, const char *name, gint64 version, const char *sql, const char *const *tables,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
