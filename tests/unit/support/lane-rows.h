/* tests/unit/support/lane-rows.h: a lane in a database of its own, for the tests of lane_sql.h. */
#pragma once
#include "base/error.h"
#include "ledger/merkle.h"
#include "store/lane_sql.h"
#include "support/disk.h"
#include "support/must.h"
#include "support/world.h"

#define SPACE "0193a1b2-0000-7000-8000-000000000001"
#define LANE "a3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846a3f1c09d5b7e2846"
#define NODE "police.node.test"
#define EPOCH "0123456789abcdef"
#define MARKER "she was seen at the harbour"

typedef struct {
    World world;
    char *folder, *path;
    Secret *key;
    Db *db;
    LaneSql *sql;
    const LaneStoreClass *class;
    gpointer store;
    MerkleFrontier *frontier; /* of line 0 */
    guint64 size;
} Fixture;

static inline void begin(Fixture *self)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_begin(self->db, &error);
    must(done, error);
}

static inline void commit(Fixture *self)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_commit(self->db, &error);
    must(done, error);
}

static inline void open_lane(Fixture *self, const char *lane)
{
    g_clear_pointer(&self->sql, lane_sql_free);
    self->sql = lane_sql_new(self->db, SPACE, lane);
    const LaneStore *store = lane_sql_store(self->sql);
    self->class = store->class;
    self->store = store->store;
}

static inline void open_db(Fixture *self, DbMode mode)
{
    g_autoptr(GError) error = NULL;
    self->db = db_open(&self->world.env, self->path, self->key, mode, &error);
    g_assert_no_error(error);
    gboolean done = lane_sql_schema(self->db, &error);
    must(done, error);
    open_lane(self, LANE);
}

/* As after a kill: everything but the disk is gone. */
static inline void restart(Fixture *self)
{
    g_clear_pointer(&self->sql, lane_sql_free);
    g_clear_pointer(&self->db, db_close);
    open_db(self, DB_READ_WRITE);
}

static inline void put_line(Fixture *self, guint32 number, const char *epoch)
{
    g_autoptr(GError) error = NULL;
    LineRow line = {.line = number,
                    .node = (char *)NODE,
                    .epoch = (char *)epoch,
                    .parent = LINE_NONE,
                    .stopped = SEQ_NONE,
                    .own = TRUE};
    gboolean done = self->class->line_put(self->store, &line, &error);
    must(done, error);
}

static inline void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    world_init(&self->world);
    self->folder = disk_new();
    self->path = g_build_filename(self->folder, "database", NULL);
    self->key = secret_new_random(&self->world.env);
    self->frontier = merkle_frontier_new();
    open_db(self, DB_CREATE);
    begin(self);
    put_line(self, 0, EPOCH);
    commit(self);
}

static inline void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    lane_sql_free(self->sql);
    db_close(self->db);
    merkle_frontier_free(self->frontier);
    secret_unref(self->key);
    g_free(self->path);
    disk_remove(self->folder);
}

typedef struct {
    Hash completed[MERKLE_LEVELS];
    guint count;
} Completed;

static inline void note_completed(gpointer data, guint level, guint64 index G_GNUC_UNUSED, const Hash *hash)
{
    Completed *completed = data;
    if (level > 0)
        completed->completed[completed->count++] = *hash;
}

typedef struct {
    const char *subject, *act, *confirmation; /* act NULL: not here */
    gboolean lasting;
    RecordClass class;
} Draft;

static inline Hash act_hash(const char *act)
{
    return sha256(act, strlen(act));
}

static inline GBytes *header_of(const Draft *draft, const char *epoch, guint64 seq)
{
    Hash confirmation = draft->confirmation != NULL ? act_hash(draft->confirmation) : (Hash){{0}};
    HeaderParts header = {.space = SPACE,
                          .lane = LANE,
                          .node = NODE,
                          .epoch = epoch,
                          .seq = seq,
                          .height = seq + 1,
                          .time_ms = 1795558376123 + (gint64)seq,
                          .person = "0193a1b2-0000-7000-8000-00000000000a",
                          .subject = draft->subject,
                          .act = act_hash(draft->act != NULL ? draft->act : "an act that is elsewhere"),
                          .lasting = draft->lasting,
                          .confirmation = draft->confirmation != NULL ? &confirmation : NULL};
    return header_write(&header);
}

static inline Span span_of(const char *text)
{
    return (Span){text, strlen(text)};
}

/* Puts the next record on line 0, and returns its leaf. */
static inline Hash put(Fixture *self, const Draft *draft)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = header_of(draft, EPOCH, self->size);
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    Header header;
    const char *reason = NULL;
    g_assert_true(header_scan(text, length, &header, &reason));
    Completed completed = {.count = 0};
    Hash leaf = merkle_leaf(text, length);
    merkle_frontier_append_leaf(self->frontier, &leaf, note_completed, &completed);
    Span act = span_of(draft->act != NULL ? draft->act : ""),
         confirmation = span_of(draft->confirmation != NULL ? draft->confirmation : "");
    RecordNew record = {.at = {0, self->size},
                        .leaf = leaf,
                        .completed = completed.completed,
                        .completed_count = completed.count,
                        .header = &header,
                        .header_bytes = {text, length},
                        .act = draft->act != NULL ? &act : NULL,
                        .confirmation = draft->confirmation != NULL ? &confirmation : NULL,
                        .class = draft->class,
                        .reason = ""};
    gboolean done = self->class->record_put(self->store, &record, &error);
    must(done, error);
    self->size++;
    return leaf;
}

/* @count records of subjects s0, s1... in turn, each with an act of its own. */
static inline void put_many(Fixture *self, guint count, guint subjects)
{
    for (guint n = 0; n < count; n++) {
        g_autofree char *subject = g_strdup_printf(NODE "/s%u", (guint)(self->size % subjects));
        g_autofree char *act = g_strdup_printf("{\"number\":%" G_GUINT64_FORMAT "}", self->size);
        Draft draft = {.subject = subject, .act = act, .class = RECORD_VALID};
        put(self, &draft);
    }
}

static inline gboolean subtree(gpointer data, guint level, guint64 index, Hash *out, GError **error)
{
    Fixture *self = data;
    return self->class->subtree(self->store, (Place){0, ((index + 1) << level) - 1}, level, out, error);
}

#define CASE(name) g_test_add("/lane-store/" #name, Fixture, NULL, set_up, name, tear_down)
