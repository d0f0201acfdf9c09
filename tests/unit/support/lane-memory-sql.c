/* tests/unit/support/lane-memory-sql.c: stands in the place of ledger/lane_memory.c, and keeps each lane in a database of
 * its own: so that the ledger's tests are told of the real store as well (golden-sql, lane-sql). */
#include "ledger/lane_memory.h"
#include "store/lane_sql.h"
#include "support/disk.h"
#include "support/world.h"

struct LaneMemory {
    World world;
    char *folder;
    Db *db;
    LaneSql *lane;
};

LaneMemory *lane_memory_new(gboolean borrow G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    LaneMemory *self = g_new0(LaneMemory, 1);
    self->folder = disk_new();
    g_autofree char *path = g_build_filename(self->folder, "database", NULL);
    world_init(&self->world); /* its syncs cost nothing */
    g_autoptr(Secret) key = secret_new_random(&self->world.env);
    self->db = db_open(&self->world.env, path, key, DB_CREATE, &error);
    g_assert_no_error(error);
    gboolean made = lane_sql_schema(self->db, &error) && db_begin(self->db, &error);
    g_assert_no_error(error);
    g_assert_true(made);
    self->lane = lane_sql_new(self->db, "space", "lane");
    return self;
}

void lane_memory_free(LaneMemory *self)
{
    if (self == NULL)
        return;
    lane_sql_free(self->lane);
    db_close(self->db);
    disk_remove(self->folder);
    g_free(self);
}

const LaneStore *lane_memory_store(LaneMemory *self)
{
    return lane_sql_store(self->lane);
}

gsize lane_memory_overhead(const LaneMemory *self G_GNUC_UNUSED)
{
    return 0;
}
