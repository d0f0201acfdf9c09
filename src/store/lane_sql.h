/* store/lane_sql.h: the ledger's lanes in the database: implements ledger/lane_store.h over db.h.
 *
 * Idea: a record is one short row by (line, seq), its bytes are one row in a table that only grows at its end, and one
 * row puts it under its subject. Whatever else is asked comes from these.
 *   L1  Everything happens in the caller's transaction, on the caller's connection.
 *   L2  Erasing sets act and confirmation to null; the page's bytes are overwritten (db.h D6), and after db_purge() no
 *       copy is left in the log.
 *   L3  Hashes (leaf and act) are found through short runs that are merged into longer ones, sorted: inserting random
 *       keys into one great index would cost a page a record, and the more the longer the node lives.
 *   L4  Opening a lane reads its lines and nothing else. */
#pragma once
#include "ledger/lane_store.h"
#include "store/db.h"

/* Makes the tables (db_schema_apply). Outside a transaction. */
gboolean lane_sql_schema(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct LaneSql LaneSql;
/* The store of the lane @id (64 hex) of @space over @db, both borrowed or copied. A lane that is not there yet gets its
 * row with its first line. New. */
LaneSql *lane_sql_new(Db *db, const char *space, const char *id);
void lane_sql_free(LaneSql *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LaneSql, lane_sql_free)
/* What the ledger takes; lives as long as @self. */
const LaneStore *lane_sql_store(LaneSql *self);

typedef struct {
    char *space, *id;
} LaneSqlRow;
void lane_sql_row_free(LaneSqlRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LaneSqlRow, lane_sql_row_free)
/* All lanes that have a line (of LaneSqlRow), ascending by id. New. */
GPtrArray *lane_sql_list(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
