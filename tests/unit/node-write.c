/* Writing through the node: what was acknowledged is there; what was refused left nothing; many wait for one sync; a kill
 * in the middle of a batch takes nothing that somebody was told of. */
#include "base/error.h"
#include "http/metrics.h"
#include "node/audit.h"
#include "support/notebook.h"
#include "support/world.h"
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void setup(Bench *bench, gconstpointer data)
{
    (void)data;
    bench_setup(bench, NULL);
}

static void teardown(Bench *bench, gconstpointer data)
{
    (void)data;
    bench_teardown(bench);
}

/* ---- one write ---- */

static void an_act_becomes_a_row(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *space = bench_space(bench);
    g_autofree char *first = bench_write(bench, space, NULL, "first", &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(first, "harbour.node.test/"));
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM note WHERE text = 'first'"), ==, 1);
    bench_close(bench);
    bench_open(bench);
    g_autofree char *second = bench_write(bench, space, NULL, "second", &error);
    g_assert_nonnull(second);
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM note"), ==, 2);
}

static void a_person_writes_under_an_id_of_the_space(Bench *bench, gconstpointer data)
{
    (void)data;
    const char *const roles[] = {"investigator", NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *person = bench_person(bench, "Adaeze Okafor", roles);
    g_autofree char *space = bench_space(bench);
    Principal principal = {.person = person};

    g_assert_null(bench_write(bench, space, &principal, "before", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN);
    g_clear_error(&error);

    bench_introduce(bench, space, person, roles);
    g_autofree char *subject = bench_write(bench, space, &principal, "after", &error);
    g_assert_nonnull(subject);
    g_assert_cmpint(bench_count(bench,
                                "SELECT COUNT(*) FROM lane_person p JOIN person_place t ON t.space = p.space AND "
                                "t.id = p.id WHERE p.person = t.person AND p.id <> p.person"),
                    ==, 1);
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM person_name WHERE name = 'Adaeze Okafor'"), ==, 2);

    bench_withdraw(bench, space, person);
    g_assert_null(bench_write(bench, space, &principal, "too late", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN);
}

static void new_passkeys_reach_every_lane(Bench *bench, gconstpointer data)
{
    (void)data;
    const char *const roles[] = {"clerk", "investigator", NULL}, *const fewer[] = {"investigator", NULL};
    g_autofree char *person = bench_person(bench, "Adaeze Okafor", roles);
    g_autofree char *one = bench_space(bench), *other = bench_space(bench);
    bench_introduce(bench, one, person, roles);
    bench_introduce(bench, other, person, fewer);
    bench_put_person(bench, person, "Adaeze Okafor-Lind", fewer, "DDDD");
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM lane_person WHERE credentials LIKE '%DDDD%' AND roles = ' "
                                       "investigator '"),
                    ==, 3);
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM person_name WHERE name = 'Adaeze Okafor-Lind'"), ==, 3);
    gint64 before = bench_metric(bench, "comity_appends_total");
    bench_put_person(bench, person, "Adaeze Okafor-Lind", fewer, "DDDD");
    g_assert_cmpint(bench_metric(bench, "comity_appends_total"), ==, before); /* nothing new, nothing written */
}

/* ---- refusals ---- */

typedef struct {
    const char *space;
    gboolean fail;
} Pair;

/* Two notes, and then perhaps a change of mind. */
static gboolean write_pair(Tx *tx, gpointer data, GError **error)
{
    const Pair *pair = data;
    for (guint i = 0; i < 2; i++) {
        g_autoptr(json_t) members = json_pack("{s:s}", "text", pair->fail ? "never" : "kept");
        const TxDraft draft = {.space = pair->space, .type = "note.written/1", .members = members};
        if (!tx_append(tx, &draft, NULL, error))
            return FALSE;
    }
    if (!pair->fail)
        return TRUE;
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_INVALID, "no");
    return FALSE;
}

static gpointer write_pair_thread(gpointer data)
{
    gpointer *parts = data;
    Pair *pair = parts[1];
    gboolean done = node_write(parts[0], write_pair, pair, NULL);
    g_assert_true(done == !pair->fail);
    return NULL;
}

/* W1: of 40 functions that wait together each third one fails; what it had written is gone, the others' is there. */
static void a_function_that_fails_is_rolled_back_alone(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autofree char *space = bench_space(bench);
    Pair kept = {.space = space}, failed = {.space = space, .fail = TRUE};
    gpointer good[] = {bench->node, &kept}, bad[] = {bench->node, &failed};
    GThread *threads[40];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("writer", write_pair_thread, i % 3 ? good : bad);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM note WHERE text = 'kept'"), ==, 52);
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM note WHERE text = 'never'"), ==, 0);
    bench_audit(bench, NULL);
}

static void a_wrong_act_stores_nothing(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *space = bench_space(bench);
    gint64 before = bench_metric(bench, "comity_appends_total");
    g_assert_null(bench_write(bench, space, NULL, "", &error)); /* the text is at least one character */
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_null(bench_write(bench, "01890000-0000-7000-8000-000000000000", NULL, "nowhere", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
    g_assert_cmpint(bench_metric(bench, "comity_appends_total"), ==, before);
}

typedef struct {
    const char *space, *subject, *text, *tag;
} Change;

static gboolean change_note(Tx *tx, gpointer data, GError **error)
{
    const Change *change = data;
    g_autoptr(json_t) members = json_pack("{s:s}", "text", change->text);
    const TxDraft draft = {.space = change->space,
                           .type = "note.changed/1",
                           .subject = change->subject,
                           .prev = change->tag,
                           .members = members};
    return tx_append(tx, &draft, NULL, error);
}

static void whoever_saw_an_older_state_is_asked_to_look_again(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *space = bench_space(bench);
    g_autofree char *subject = bench_write(bench, space, NULL, "first", NULL);
    g_autofree char *seen = bench_text(bench, "SELECT tag FROM note");
    Change change = {.space = space, .subject = subject, .text = "second", .tag = seen};
    g_assert_true(node_write(bench->node, change_note, &change, &error));
    g_assert_no_error(error);
    change.text = "third";
    g_assert_false(node_write(bench->node, change_note, &change, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT);
    g_assert_cmpstr(error_code(error), ==, "http.precondition");
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM note WHERE text = 'second'"), ==, 1);
}

/* ---- many at once ---- */

#define WRITERS 64
#define NOTES_EACH 20

static gpointer write_notes(gpointer data)
{
    gpointer *parts = data;
    Pair pair = {.space = parts[1]};
    for (guint i = 0; i < NOTES_EACH; i++)
        g_assert_true(node_write(parts[0], write_pair, &pair, NULL));
    return NULL;
}

static void many_writers_share_a_sync(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autofree char *space = bench_space(bench);
    gpointer parts[] = {bench->node, space};
    GThread *threads[WRITERS];
    for (guint i = 0; i < WRITERS; i++)
        threads[i] = g_thread_new("writer", write_notes, parts);
    for (guint i = 0; i < WRITERS; i++)
        g_thread_join(threads[i]);
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM note"), ==, 2 * WRITERS * NOTES_EACH);
    /* Two syncs a batch (database, high-water file); a batch holds on average far more than 4 of the 64. */
    g_assert_cmpint(bench_metric(bench, "comity_batches_total"), <, WRITERS * NOTES_EACH / 4);
    bench_audit(bench, NULL);
}

/* ---- the disk ---- */

/* W3, W4: a sync that fails, one after the other, at each place where a batch syncs. What was refused may be there or not,
 * but whole; what is acknowledged afterwards is; nothing forks. */
static void a_failed_sync_acknowledges_nothing(void)
{
    guint failures = 0;
    for (guint n = 1; n <= 6; n++) {
        World world;
        Bench bench;
        g_autoptr(GError) error = NULL;
        world_init(&world);
        bench_setup(&bench, &world.env);
        g_autofree char *space = bench_space(&bench);
        g_test_expect_message(NULL, G_LOG_LEVEL_WARNING, "*A batch of 1 writes failed*");
        world.fail_sync = world.syncs + n;
        gboolean failed = FALSE;
        for (guint i = 0; i < 4; i++) {
            g_autofree char *subject = bench_write(&bench, space, NULL, "a note", &error);
            failed |= subject == NULL;
            g_clear_error(&error);
        }
        if (failed)
            g_test_assert_expected_messages();
        failures += failed ? 1 : 0;
        g_autofree char *last = bench_write(&bench, space, NULL, "the last", &error);
        g_assert_nonnull(last);
        bench_close(&bench);
        bench_open(&bench);
        g_assert_cmpint(bench_count(&bench, "SELECT COUNT(*) FROM note WHERE text = 'the last'"), ==, 1);
        g_assert_cmpint(bench_count(&bench, "SELECT COUNT(*) FROM feed WHERE incarnation > 1"), ==, 0);
        bench_audit(&bench, NULL);
        bench_teardown(&bench);
    }
    g_assert_cmpuint(failures, ==, 6);
}

/* ---- a kill ---- */

/* Writes for ever, and tells the pipe of each note that was acknowledged. */
static void write_until_killed(Bench *bench, const char *space, int pipe)
{
    for (guint64 i = 0;; i++) {
        g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, i);
        g_autofree char *subject = bench_write(bench, space, NULL, text, NULL);
        if (!subject || write(pipe, &i, sizeof i) != sizeof i)
            _exit(1);
    }
}

static void a_kill_takes_nothing_that_was_acknowledged(Bench *bench, gconstpointer data)
{
    (void)data;
    for (guint round = 0; round < 5; round++) {
        g_autofree char *space = bench_space(bench);
        bench_close(bench);
        int pipe_fds[2];
        g_assert_cmpint(pipe(pipe_fds), ==, 0);
        pid_t child = fork();
        if (child == 0) {
            bench_open(bench);
            write_until_killed(bench, space, pipe_fds[1]);
        }
        close(pipe_fds[1]);
        guint64 acknowledged = 0;
        for (guint i = 0; i < 20 + 7 * round; i++)
            g_assert_cmpint(read(pipe_fds[0], &acknowledged, sizeof acknowledged), ==, sizeof acknowledged);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(pipe_fds[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged)
            ;
        close(pipe_fds[0]);
        bench_open(bench);
        g_autofree char *sql =
            g_strdup_printf("SELECT COUNT(*) FROM note WHERE space = '%s' AND CAST(text AS INTEGER) <= "
                            "%" G_GUINT64_FORMAT,
                            space, acknowledged);
        g_assert_cmpint(bench_count(bench, sql), ==, (gint64)(acknowledged + 1));
        g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM feed WHERE incarnation > 1"), ==, 0);
        bench_audit(bench, NULL);
    }
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add("/node/write/" name, Bench, NULL, setup, function, teardown)
    TEST("act-becomes-row", an_act_becomes_a_row);
    TEST("person", a_person_writes_under_an_id_of_the_space);
    TEST("new-passkeys", new_passkeys_reach_every_lane);
    TEST("rolled-back-alone", a_function_that_fails_is_rolled_back_alone);
    TEST("wrong-act", a_wrong_act_stores_nothing);
    TEST("stale", whoever_saw_an_older_state_is_asked_to_look_again);
    TEST("share-a-sync", many_writers_share_a_sync);
    g_test_add_func("/node/write/failed-sync", a_failed_sync_acknowledges_nothing);
    TEST("kill", a_kill_takes_nothing_that_was_acknowledged);
    return g_test_run();
}
