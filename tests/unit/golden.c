/* The stories of the executable model, told to our lane in the order given and in thirty others: whatever arrives when,
 * the same records are valid, void, waiting or malformed, stand in the same order, and make the same rows.
 * COMITY_STORIES names another folder of stories: tests/golden/more_stories.py writes any number. */
#include "ledger/lane_memory.h"
#include "store/lane_sql.h"
#include "support/disk.h"
#include "support/kept.h"
#include "support/model.h"
#include "support/must.h"
#include "support/shared.h"
#include "support/world.h"
#include <string.h>

#define ORDERS 30
#define ORDERS_IN_DATABASE 4 /* one a manner */

typedef struct {
    json_t *story;
    ActTypes *types;
    LaneMemory *memory; /* NULL: it is told to a database */
    World world;
    char *folder;
    Secret *key;
    Db *db;
    LaneSql *sql;
    LaneContext context;
    Lane *lane;
} Telling;

/* ---- where the lane is kept ---- */

static void open_database(Telling *self, DbMode mode)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(self->folder, "database", NULL);
    self->db = db_open(&self->world.env, path, self->key, mode, &error);
    g_assert_no_error(error);
    gboolean done = lane_sql_schema(self->db, &error);
    must(done, error);
    self->sql = lane_sql_new(self->db, self->context.space, self->context.lane);
    done = db_begin(self->db, &error);
    must(done, error);
}

static void close_database(Telling *self)
{
    g_autoptr(GError) error = NULL;
    gboolean done = db_commit(self->db, &error);
    must(done, error);
    g_clear_pointer(&self->sql, lane_sql_free);
    g_clear_pointer(&self->db, db_close);
}

static const LaneStore *store_of(Telling *self)
{
    return self->memory ? lane_memory_store(self->memory) : lane_sql_store(self->sql);
}

static void telling_open(Telling *self)
{
    g_autoptr(GError) error = NULL;
    self->lane = lane_open(&self->context, store_of(self), &error);
    g_assert_no_error(error);
}

static Telling *telling_new(const json_t *story, gboolean database)
{
    Telling *self = g_new0(Telling, 1);
    self->story = json_incref((json_t *)story);
    self->types = model_types(json_object_get(story, "without_types"));
    self->context.space = json_text(story, "space");
    self->context.lane = json_text(story, "lane");
    self->context.types = self->types;
    if (database) {
        world_init(&self->world);
        self->folder = disk_new();
        self->key = secret_new_random(&self->world.env);
        open_database(self, DB_CREATE);
    } else {
        self->memory = lane_memory_new(FALSE);
    }
    telling_open(self);
    return self;
}

static void telling_free(Telling *self)
{
    lane_free(self->lane);
    if (self->db)
        close_database(self);
    g_clear_pointer(&self->key, secret_unref);
    g_clear_pointer(&self->folder, disk_remove);
    lane_memory_free(self->memory);
    act_types_free(self->types);
    json_decref(self->story);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Telling, telling_free)

/* The node is killed and started again: what it knew is in the store. */
static void restart(Telling *self)
{
    g_autoptr(GError) error = NULL;
    gboolean saved = lane_save(self->lane, &error);
    must(saved, error);
    lane_free(self->lane);
    if (self->db) {
        close_database(self);
        open_database(self, DB_READ_WRITE);
    }
    telling_open(self);
}

static GBytes *decoded(const json_t *object, const char *key)
{
    gsize length;
    const char *text = json_text(object, key);
    if (!text)
        return NULL;
    guchar *bytes = g_base64_decode(text, &length);
    return g_bytes_new_take(bytes, length);
}

static void tell(Telling *self, const json_t *arrival)
{
    g_autoptr(GError) error = NULL;
    if (!json_is_true_at(arrival, "signed"))
        return; /* no checkpoint covers it: it never reaches the lane */
    g_autoptr(GBytes) header = decoded(arrival, "header");
    g_autoptr(GBytes) act = decoded(arrival, "act");
    Hash root;
    g_assert_true(hash_read(json_text(arrival, "root"), &root));
    LaneArrival told = {.node = json_text(arrival, "node"),
                        .epoch = json_text(arrival, "epoch"),
                        .seq = (guint64)json_integer_or(arrival, "seq", -1),
                        .root = &root};
    told.header.at = g_bytes_get_data(header, &told.header.length);
    if (act)
        told.act.at = g_bytes_get_data(act, &told.act.length);
    LaneTaken taken;
    gboolean done = lane_take(self->lane, &told, &taken, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(done);
}

/* ---- what is made of it ---- */

static void check_classes(Telling *self, const json_t *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) made = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint32 i = 0; i < lane_line_count(self->lane); i++) {
        const LineRow *line = lane_line(self->lane, i);
        for (guint64 seq = line->start; seq < line->size; seq++) {
            RecordClass class;
            const char *reason;
            Hash root;
            gboolean found = lane_class(self->lane, (Place){i, seq}, &class, &reason, &error) &&
                             lane_root(self->lane, i, seq + 1, &root, &error);
            g_assert_no_error(error);
            g_assert_true(found);
            g_autofree char *hex = hash_text(&root);
            g_hash_table_insert(made, g_strdup_printf("%s/%s %d %s", line->node, line->epoch, (int)seq, hex),
                                g_strdup_printf("%s (%s)", record_class_name(class), reason));
        }
    }
    g_assert_cmpuint(g_hash_table_size(made), ==, json_array_size(expected));
    for (gsize i = 0; i < json_array_size(expected); i++) {
        const json_t *one = json_array_get(expected, i);
        g_autofree char *key = g_strdup_printf("%s %d %s", json_text(one, "feed"), (int)json_integer_or(one, "seq", -1),
                                               json_text(one, "root"));
        const char *class = g_hash_table_lookup(made, key);
        g_assert_nonnull(class);
        g_autofree char *wanted = g_strdup_printf("%s (", json_text(one, "class"));
        if (!g_str_has_prefix(class, wanted))
            g_test_message("%s: %s, expected %s (%s)", key, class, wanted, json_text(one, "reason"));
        g_assert_true(g_str_has_prefix(class, wanted));
    }
}

static void check_order(Telling *self, const json_t *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) places = lane_canonical(self->lane, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(places->len, ==, json_array_size(expected));
    for (guint i = 0; i < places->len; i++) {
        Place at = g_array_index(places, Place, i);
        const json_t *one = json_array_get(expected, i);
        const LineRow *line = lane_line(self->lane, at.line);
        g_auto(RecordRow) row = {0};
        gboolean found = lane_record(self->lane, at, 0, &row, &error);
        g_assert_no_error(error);
        g_assert_true(found);
        g_autofree char *feed = g_strdup_printf("%s/%s", line->node, line->epoch);
        g_autofree char *leaf = hash_text(&row.leaf);
        g_assert_cmpstr(feed, ==, json_text(one, "feed"));
        g_assert_cmpuint(at.seq, ==, (guint64)json_integer_or(one, "seq", -1));
        g_assert_cmpuint(row.height, ==, (guint64)json_integer_or(one, "height", -1));
        g_assert_cmpstr(leaf, ==, json_text(one, "leaf"));
    }
}

static void check_forks(Telling *self, const json_t *expected)
{
    guint forked = 0;
    for (guint32 i = 0; i < lane_line_count(self->lane); i++) {
        const LineRow *line = lane_line(self->lane, i);
        g_autofree char *feed = g_strdup_printf("%s/%s", line->node, line->epoch);
        guint64 at = lane_forked_at(self->lane, line->node, line->epoch);
        const json_t *told = json_object_get(expected, feed);
        g_assert_cmpuint(at, ==, told ? (guint64)json_integer_value(told) : SEQ_NONE);
        forked += told && lane_feed_line(self->lane, line->node, line->epoch) == i;
    }
    g_assert_cmpuint(forked, ==, json_object_size(expected));
}

/* The heads that the ledger keeps from headers are those that the fold finds. */
static gboolean check_heads(gpointer data, const char *subject, GError **error)
{
    Telling *self = data;
    const Entity *entity = lane_entity(self->lane, subject, error);
    g_autoptr(GArray) folded = entity_heads(entity);
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    const LaneStore *store = store_of(self);
    g_assert_true(store->class->heads(store->store, subject, places, error));
    g_autoptr(GHashTable) leaves = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < places->len; i++) {
        g_auto(RecordRow) row = {0};
        g_assert_true(lane_record(self->lane, g_array_index(places, Place, i), 0, &row, error));
        g_hash_table_add(leaves, hash_text(&row.leaf));
    }
    g_assert_cmpuint(g_hash_table_size(leaves), ==, folded->len);
    for (guint i = 0; i < folded->len; i++) {
        g_autofree char *leaf = hash_text(&g_array_index(folded, Hash, i));
        g_assert_true(g_hash_table_contains(leaves, leaf));
    }
    return TRUE;
}

static void check(Telling *self)
{
    g_autoptr(GError) error = NULL;
    const json_t *expected = json_object_get(self->story, "expected");
    check_classes(self, json_object_get(expected, "classes"));
    check_order(self, json_object_get(expected, "canonical_order"));
    check_forks(self, json_object_get(expected, "forked_at"));
    g_autoptr(json_t) rows = model_rows(self->lane);
    if (!json_equal(rows, json_object_get(expected, "rows"))) {
        g_autofree char *text = json_compact(rows, NULL);
        g_test_message("%s", text);
    }
    g_assert_true(json_equal(rows, json_object_get(expected, "rows")));
    g_autofree char *digest = model_digest(self->lane);
    g_assert_cmpstr(digest, ==, json_text(expected, "digest"));
    g_assert_true(lane_subjects(self->lane, check_heads, self, &error));
}

/* ---- telling it ---- */

typedef enum {
    TELL_STRAIGHT,
    TELL_ASKING,     /* every entity is asked for after each arrival, so that later ones are applied to kept states */
    TELL_RESTARTING, /* the node starts again after each arrival */
    TELL_BODIES_LAST /* the headers come first, the acts afterwards */
} Manner;

static void ask(Telling *self)
{
    json_decref(model_rows(self->lane));
}

static void tell_in_order(const json_t *story, gboolean database, const guint *order, gsize count, Manner manner)
{
    g_autoptr(Telling) telling = telling_new(story, database);
    const json_t *arrivals = json_object_get(story, "arrivals");
    for (gsize i = 0; manner == TELL_BODIES_LAST && i < count; i++) {
        g_autoptr(json_t) bare = json_copy(json_array_get(arrivals, order[i]));
        json_object_set_new(bare, "act", json_null());
        tell(telling, bare);
    }
    for (gsize i = 0; i < count; i++) {
        tell(telling, json_array_get(arrivals, order[i]));
        if (manner == TELL_ASKING)
            ask(telling);
        if (manner == TELL_RESTARTING)
            restart(telling);
    }
    check(telling);
    restart(telling);
    check(telling);
}

static void tell_story(const json_t *story, gboolean database, guint orders)
{
    gsize count = json_array_size(json_object_get(story, "arrivals"));
    g_autofree guint *order = g_new(guint, count);
    for (guint i = 0; i < count; i++)
        order[i] = i;
    g_autoptr(GRand) chance = g_rand_new_with_seed(20261124);
    for (guint round = 0; round <= orders; round++) {
        tell_in_order(story, database, order, count, round % 4);
        for (gsize i = count; i > 1; i--) { /* Fisher-Yates */
            guint other = (guint)g_rand_int_range(chance, 0, (gint)i), kept = order[i - 1];
            order[i - 1] = order[other];
            order[other] = kept;
        }
    }
}

static void in_memory(gconstpointer story)
{
    tell_story(story, FALSE, ORDERS);
}

static void in_a_database(gconstpointer story)
{
    tell_story(story, TRUE, ORDERS_IN_DATABASE);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *story_names(const char *folder)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    g_assert_no_error(error);
    for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir))
        if (g_str_has_suffix(name, ".json"))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    return names;
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(ActTypes) types = model_types(NULL);
    types_keep(types);
    const char *more = g_getenv("COMITY_STORIES");
    g_autofree char *folder =
        more ? g_strdup(more) : g_build_filename(g_getenv("COMITY_SOURCE_ROOT"), "tests", "golden", NULL);
    g_autoptr(GPtrArray) names = story_names(folder);
    g_assert_true(more || names->len == 36);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, g_ptr_array_index(names, i), NULL);
        json_error_t error;
        json_t *story = json_load_file(path, 0, &error);
        g_assert_nonnull(story);
        g_autofree char *memory = g_strdup_printf("/golden/memory/%s", json_text(story, "name"));
        g_autofree char *database = g_strdup_printf("/golden/database/%s", json_text(story, "name"));
        g_test_add_data_func(memory, story, in_memory);
        g_test_add_data_func_full(database, story, in_a_database, (GDestroyNotify)json_decref);
    }
    return g_test_run();
}
