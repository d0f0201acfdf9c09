#include "support/notebook.h"
#include "base/error.h"
#include "base/text.h"
#include "http/metrics.h"
#include "ledger/entity.h"
#include "node/audit.h"
#include "node/job.h"
#include "node/lanes.h"
#include "node/rebuild.h"
#include <glib/gstdio.h>
#include <string.h>

/* ---- the feature ---- */

static const char *const writers[] = {"investigator", NULL};
static const Field text_fields[] = {{.name = "text", .kind = FIELD_TEXT, .min = 1, .max = 200, .says = "The text."},
                                    {.name = NULL}};
static const ActSet text_sets[] = {{"text", "text", NULL}, {0}};
static const Field settled_fields[] = {
    {.name = "home", .kind = FIELD_LEAF, .flags = FIELD_NULLABLE, .says = "Its title."}, {.name = NULL}};
static const ActSet settled_sets[] = {{"text", NULL, "settled"}, {0}};
static const ActType note_acts[] = {
    {.name = "note.written/1",
     .on = ACT_CREATES,
     .entity = "note",
     .fields = text_fields,
     .sets = text_sets,
     .says = "Wrote."},
    {.name = "note.changed/1",
     .on = ACT_ON_ENTITY,
     .entity = "note",
     .fields = text_fields,
     .sets = text_sets,
     .says = "Changed."},
    {.name = "note.signed/1",
     .on = ACT_CREATES,
     .entity = "note",
     .roles = writers,
     .fields = text_fields,
     .sets = text_sets,
     .says = "Wrote, as a person."},
    {.name = "note.settled/1",
     .on = ACT_ON_ENTITY,
     .entity = "note",
     .flags = ACT_EXCLUSIVE,
     .fields = settled_fields,
     .sets = settled_sets,
     .says = "Settled what it says, as its home."},
};
static const gsize note_act_count = G_N_ELEMENTS(note_acts);
static const char *const note_kinds[] = {"note", NULL};
static const char *const note_tables[] = {"note", NULL};

static gboolean project(Db *db, const EntityPlace *place, const Entity *entity, GError **error)
{
    g_autofree char *tag = entity_tag(entity);
    g_autoptr(DbQuery) put =
        db_query(db, "INSERT INTO note (space, subject, text, tag) VALUES (:space, :subject, :text, :tag) "
                     "ON CONFLICT (subject) DO UPDATE SET text = :text, tag = :tag");
    db_bind_text(put, "space", place->space);
    db_bind_text(put, "subject", place->subject);
    db_bind_text(put, "text", entity_text(entity, "text"));
    db_bind_text(put, "tag", tag);
    return db_run(put, error);
}

/* Counts to what its arguments say. */
static gboolean run_count(Node *node, Job *job, GError **error)
{
    gint64 count = json_integer_or(job_arguments(job), "count", 0);
    (void)node;
    if (count == 0) {
        error_set(error, COMITY_ERROR_INVALID, "notebook.nothing", "", "There is nothing to count.");
        return FALSE;
    }
    for (gint64 i = 0; i < count; i++)
        job_progress(job, (guint64)i + 1, (guint64)count);
    g_autoptr(json_t) result = json_pack("{s:I}", "counted", (json_int_t)count);
    job_set_result(job, result);
    return TRUE;
}

static const FeatureJob jobs[] = {
    {.name = "notebook.count", .run = run_count},
    {.name = "notebook.again", .run = run_count, .again = TRUE},
};

const Feature notebook = {
    .name = "notebook",
    .takes_uploads = "note.signed/1",
    .acts = note_acts,
    .act_count = &note_act_count,
    .kinds = note_kinds,
    .tables_sql =
        "CREATE TABLE note (space TEXT NOT NULL, subject TEXT PRIMARY KEY, text TEXT NOT NULL, tag TEXT NOT NULL);",
    .tables = note_tables,
    .tables_version = 1,
    .project = project,
    .jobs = jobs,
    .job_count = G_N_ELEMENTS(jobs),
};
const Feature *const notebook_features[] = {&notebook, NULL};

/* ---- the node ---- */

NodeOptions bench_options(const Bench *self)
{
    return (NodeOptions){.dir = self->dir, .env = self->env, .features = notebook_features};
}

void bench_open(Bench *self)
{
    g_autoptr(GError) error = NULL;
    NodeOptions options = bench_options(self);
    self->node = node_open(&options, &error);
    g_assert_no_error(error);
}

void bench_close(Bench *self)
{
    g_clear_pointer(&self->node, node_close);
}

void bench_setup(Bench *self, const Env *env)
{
    g_autoptr(GError) error = NULL;
    NodeConfig config = {
        .name = "harbour.node.test", .title = "Harbour Police", .country = "UT", .origin = "http://localhost:8420"};
    *self = (Bench){.env = env ? env : env_system(), .folder = g_dir_make_tmp("comity-node-XXXXXX", NULL)};
    self->dir = g_build_filename(self->folder, "data", NULL);
    NodeOptions options = bench_options(self);
    g_assert_true(node_create(&options, &config, &error));
    g_assert_no_error(error);
    bench_open(self);
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *inside = g_build_filename(path, name, NULL);
        remove_all(inside);
    }
    g_assert_cmpint(g_remove(path), ==, 0);
}

void bench_teardown(Bench *self)
{
    bench_close(self);
    remove_all(self->folder);
    g_free(self->folder);
    g_free(self->dir);
}

void bench_copy(const Bench *self, const char *from, const char *to)
{
    g_autofree char *source = g_build_filename(self->folder, from, NULL),
                    *target = g_build_filename(self->folder, to, NULL);
    const char *const argv[] = {"cp", "-a", source, target, NULL};
    g_autoptr(GError) error = NULL;
    int status = -1;
    if (g_file_test(target, G_FILE_TEST_EXISTS))
        remove_all(target);
    g_assert_true(
        g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error));
    g_assert_cmpint(status, ==, 0);
}

/* ---- writing ---- */

static gboolean open_space(Tx *tx, gpointer data, GError **error)
{
    return tx_open_space(tx, "case", "A test.", NULL, NULL, data, error);
}

char *bench_space(const Bench *self)
{
    g_autoptr(GError) error = NULL;
    char *space = NULL;
    g_assert_true(node_write(self->node, open_space, &space, &error));
    g_assert_no_error(error);
    return space;
}

static gboolean put_person(Tx *tx, gpointer data, GError **error)
{
    return tx_person_put(tx, data, error);
}

void bench_put_person(const Bench *self, const char *person, const char *name, const char *const *roles,
                      const char *credential)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) credentials = json_pack("[{s:s, s:s, s:s}]", "id", credential, "cose", "BAUG", "spki", "BwgJ");
    PersonFacts facts = {
        .person = person, .name = name, .title = "", .affiliation = "", .roles = roles, .credentials = credentials};
    g_assert_true(node_write(self->node, put_person, &facts, &error));
    g_assert_no_error(error);
}

char *bench_person(const Bench *self, const char *name, const char *const *roles)
{
    char *person = uuid7_new(self->env);
    bench_put_person(self, person, name, roles, "AQID");
    return person;
}

typedef struct {
    const char *space, *person;
    const char *const *roles; /* NULL: withdrawn */
} Membership;

static gboolean set_membership(Tx *tx, gpointer data, GError **error)
{
    const Membership *membership = data;
    if (!membership->roles)
        return tx_withdraw(tx, membership->space, membership->person, error);
    return tx_introduce(tx, membership->space, membership->person, membership->roles, error);
}

void bench_introduce(const Bench *self, const char *space, const char *person, const char *const *roles)
{
    g_autoptr(GError) error = NULL;
    Membership membership = {.space = space, .person = person, .roles = roles};
    g_assert_true(node_write(self->node, set_membership, &membership, &error));
    g_assert_no_error(error);
}

void bench_withdraw(const Bench *self, const char *space, const char *person)
{
    bench_introduce(self, space, person, NULL);
}

typedef struct {
    const char *space, *text;
    const Principal *principal;
    char *subject;
    gpointer out;
} Writing;

static gboolean write_note(Tx *tx, gpointer data, GError **error)
{
    Writing *writing = data;
    g_autoptr(json_t) members = json_pack("{s:s}", "text", writing->text);
    TxDraft draft = {.space = writing->space,
                     .principal = writing->principal,
                     .members = members,
                     .type = writing->principal ? "note.signed/1" : "note.written/1"};
    Appended appended;
    if (!tx_append(tx, &draft, &appended, error))
        return FALSE;
    writing->subject = g_strdup(appended.subject);
    return TRUE;
}

char *bench_write(const Bench *self, const char *space, const Principal *principal, const char *text, GError **error)
{
    Writing writing = {.space = space, .text = text, .principal = principal};
    if (node_write(self->node, write_note, &writing, error))
        return writing.subject;
    g_free(writing.subject);
    return NULL;
}

static gboolean change_note(Tx *tx, gpointer data, GError **error)
{
    const Writing *writing = data;
    g_autoptr(json_t) members = json_pack("{s:s}", "text", writing->text);
    TxDraft draft = {
        .space = writing->space, .type = "note.changed/1", .subject = writing->subject, .members = members};
    return tx_append(tx, &draft, NULL, error);
}

void bench_change(const Bench *self, const char *space, const char *subject, const char *text)
{
    g_autoptr(GError) error = NULL;
    Writing writing = {.space = space, .text = text, .subject = (char *)subject};
    g_assert_true(node_write(self->node, change_note, &writing, &error));
    g_assert_no_error(error);
}

/* Looked up on the writer thread, where the lane is open. */
static gboolean look_up_leaf(Tx *tx, gpointer data, GError **error)
{
    const Writing *writing = data;
    LaneEntry *entry = tx_lane(tx, writing->space, NULL, error);
    const Entity *entity = entry ? lane_entity(entry->lane, writing->subject, error) : NULL;
    if (!entity)
        return FALSE;
    *(Hash *)writing->out = entity_last(entity)->leaf;
    return TRUE;
}

Hash bench_leaf(const Bench *self, const char *space, const char *subject)
{
    g_autoptr(GError) error = NULL;
    Hash leaf;
    Writing writing = {.space = space, .subject = (char *)subject, .out = &leaf};
    g_assert_true(node_write(self->node, look_up_leaf, &writing, &error));
    g_assert_no_error(error);
    return leaf;
}

gint64 bench_count(const Bench *self, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Db) db = node_reader_open(self->node, &error);
    gint64 count = -1;
    g_assert_no_error(error);
    g_assert_true(db_integer_of(db, sql, -1, &count, &error));
    g_assert_no_error(error);
    return count;
}

char *bench_digest(const Bench *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Db) db = node_reader_open(self->node, &error);
    Hash digest;
    g_assert_no_error(error);
    g_assert_true(node_digest(self->node, db, &digest, &error));
    g_assert_no_error(error);
    return hash_text(&digest);
}

char *bench_text(const Bench *self, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Db) db = node_reader_open(self->node, &error);
    g_assert_no_error(error);
    g_autoptr(DbQuery) query = db_query(db, sql);
    g_assert_cmpint(db_step(query, &error), ==, 1);
    return g_strdup(db_text(query, 0));
}

gint64 bench_metric(const Bench *self, const char *name)
{
    g_autofree char *text = http_metrics_text(node_metrics(self->node)), *line = g_strdup_printf("\n%s ", name);
    const char *at = strstr(text, line);
    g_assert_nonnull(at);
    return (gint64)g_ascii_strtod(at + strlen(line), NULL);
}

void bench_audit(const Bench *self, const char *code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AuditReport) report = NULL;
    gboolean found = FALSE;
    g_assert_true(node_audit(self->node, NULL, NULL, &report, &error));
    g_assert_no_error(error);
    for (guint i = 0; i < report->damages->len; i++) {
        const AuditDamage *damage = g_ptr_array_index(report->damages, i);
        found |= code && g_str_equal(damage->code, code);
        if (!code)
            g_test_message("%s %s: %s", damage->code, damage->where, damage->sentence);
    }
    g_assert_cmpuint(code ? !found : report->damages->len, ==, 0);
}
