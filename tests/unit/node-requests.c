/* What the node does around requests: a write that is sent twice is done once, events reach those who may see them, jobs
 * run, tell how far they are, and are settled when the process ends. */
#include "base/error.h"
#include "node/idempotency.h"
#include "node/job.h"
#include "node/live.h"
#include "support/notebook.h"
#include "support/wire.h"
#include <string.h>
#include <unistd.h>

typedef struct {
    Bench bench;
    Site site;
    char *space, *member, *stranger;
} Case;

/* Who asks stands in a header. */
static gboolean sign_in(HttpRequest *request, HttpResponse *response, gboolean *answered, GError **error)
{
    Node *node = http_request_owner(request);
    const char *person = http_request_header(request, "X-Person");
    Principal *principal = principal_of_person(node, node_reader(node, request), person, error);
    if (!principal)
        return FALSE;
    http_request_set(request, "principal", principal, (GDestroyNotify)principal_free);
    return idempotency_before(node, request, response, answered, error);
}

static void after(HttpRequest *request, HttpResponse *response)
{
    idempotency_after(http_request_owner(request), request, response);
}

static gboolean write_in_space(Tx *tx, gpointer data, GError **error)
{
    g_autoptr(json_t) members = json_pack("{s:s}", "text", "by request");
    const TxDraft draft = {.space = data, .type = "note.written/1", .members = members};
    return tx_append(tx, &draft, NULL, error);
}

/* Writes a note into the space that the body names; answers with how many there are. */
static gboolean post_note(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    g_autoptr(json_t) body = http_request_json(request, error);
    gint64 count = 0;
    if (!body || !node_write(node, write_in_space, (gpointer)json_text(body, "space"), error) ||
        !db_integer_of(node_reader(node, request), "SELECT COUNT(*) FROM note", 0, &count, error))
        return FALSE;
    http_response_set_header(response, "Location", "/notes/1");
    http_response_json(response, 201, json_pack("{s:I}", "notes", (json_int_t)count));
    return TRUE;
}

static gboolean post_secret(HttpRequest *request, HttpResponse *response, GError **error)
{
    (void)error;
    idempotency_keep_nothing(request);
    http_response_json(response, 201, json_pack("{s:s}", "token", "shown once"));
    return TRUE;
}

/* Done, and then the answer fails: with a cause that says nothing of what was done. */
static gboolean post_and_fail(HttpRequest *request, HttpResponse *response, GError **error)
{
    if (post_note(request, response, error))
        error_set(error, COMITY_ERROR_IO, "", "", "The disk is away.");
    return FALSE;
}

/* Refused before anything is done. */
static gboolean post_too_busy(HttpRequest *request, HttpResponse *response, GError **error)
{
    (void)request;
    (void)response;
    error_set(error, COMITY_ERROR_BUSY, "", "", "Too much is going on; try again.");
    return FALSE;
}

static const HttpRoute routes[] = {
    {.method = "POST", .path = "/failing", .handler = post_and_fail},
    {.method = "POST", .path = "/busy", .handler = post_too_busy},
    {.method = "POST", .path = "/notes", .handler = post_note},
    {.method = "POST", .path = "/secrets", .handler = post_secret},
    {.method = "GET", .path = "/events", .handler = live_handle},
    {0},
};

static void serve(Case *self)
{
    const HttpServerOptions options = {.data = self->bench.node,
                                       .worker_new = node_worker_new,
                                       .worker_free = node_worker_free,
                                       .before = sign_in,
                                       .after = after};
    site_start(&self->site, routes, options);
}

static void setup(Case *self, gconstpointer data)
{
    static const char *const roles[] = {"investigator", NULL};
    (void)data;
    bench_setup(&self->bench, NULL);
    self->space = bench_space(&self->bench);
    self->member = bench_person(&self->bench, "Adaeze Okafor", roles);
    self->stranger = bench_person(&self->bench, "Björn Lind", roles);
    bench_introduce(&self->bench, self->space, self->member, roles);
    serve(self);
}

static void teardown(Case *self, gconstpointer data)
{
    (void)data;
    site_stop(&self->site);
    bench_teardown(&self->bench);
    g_free(self->space);
    g_free(self->member);
    g_free(self->stranger);
}

static Reply *post(Case *self, const char *path, const char *person, const char *key, const char *body)
{
    g_autofree char *ask =
        g_strdup_printf("POST %s HTTP/1.1\r\nHost: x\r\nX-Person: %s\r\nIdempotency-Key: %s\r\nContent-Type: "
                        "application/json\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                        path, person, key, strlen(body), body);
    return wire_ask(self->site.port, ask);
}

/* ---- the same write twice ---- */

static void a_write_sent_twice_is_done_once(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *body = g_strdup_printf("{\"space\":\"%s\"}", self->space);
    g_autofree char *other = g_strdup_printf("{\"space\":\"%s\",\"more\":1}", self->space);
    g_autoptr(Reply) first = post(self, "/notes", self->member, "k1", body);
    g_assert_cmpuint(first->status, ==, 201);
    g_autoptr(Reply) again = post(self, "/notes", self->member, "k1", body);
    g_assert_cmpuint(again->status, ==, 201);
    g_assert_cmpstr(again->body->str, ==, first->body->str);
    g_assert_cmpstr(reply_header(again, "location"), ==, "/notes/1");
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM note"), ==, 1);
    g_autoptr(Reply) reused = post(self, "/notes", self->member, "k1", other);
    assert_problem(reused, 422, "idempotency.reused");
    g_autoptr(Reply) someone_else = post(self, "/notes", self->stranger, "k1", body);
    g_assert_cmpuint(someone_else->status, ==, 201); /* a key is one principal's */
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM note"), ==, 2);
}

static void a_refusal_is_answered_alike(Case *self, gconstpointer data)
{
    (void)data;
    const char *nowhere = "{\"space\":\"01890000-0000-7000-8000-000000000000\"}";
    g_autoptr(Reply) first = post(self, "/notes", self->member, "k1", nowhere);
    g_assert_cmpuint(first->status, ==, 404);
    g_autoptr(Reply) again = post(self, "/notes", self->member, "k1", nowhere);
    g_assert_cmpuint(again->status, ==, 404);
}

static void a_secret_is_never_kept(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(Reply) first = post(self, "/secrets", self->member, "k1", "{}");
    g_assert_cmpuint(first->status, ==, 201);
    g_autoptr(Reply) again = post(self, "/secrets", self->member, "k1", "{}");
    assert_problem(again, 409, "idempotency.spent");
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM idempotency WHERE body IS NOT NULL"), ==, 0);
}

static void what_may_have_been_done_is_not_done_again(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *body = g_strdup_printf("{\"space\":\"%s\"}", self->space);
    g_test_expect_message("http", G_LOG_LEVEL_WARNING, "*The disk is away.*");
    g_autoptr(Reply) first = post(self, "/failing", self->member, "k1", body);
    g_assert_cmpuint(first->status, ==, 500);
    g_autoptr(Reply) again = post(self, "/failing", self->member, "k1", body);
    assert_problem(again, 409, "idempotency.lost");
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM note"), ==, 1);
}

static void what_was_refused_may_be_asked_again(Case *self, gconstpointer data)
{
    (void)data;
    for (guint n = 0; n < 2; n++)
        g_test_expect_message("http", G_LOG_LEVEL_WARNING, "*Too much is going on*");
    g_autoptr(Reply) first = post(self, "/busy", self->member, "k1", "{}");
    g_assert_cmpuint(first->status, ==, 503);
    g_autoptr(Reply) again = post(self, "/busy", self->member, "k1", "{}");
    g_assert_cmpuint(again->status, ==, 503);
}

static gboolean leave_open(Tx *tx, gpointer data, GError **error)
{
    (void)data;
    return db_execute(tx_db(tx), "UPDATE idempotency SET status = NULL", error);
}

/* As a kill between the write and its answer leaves it. */
static void nobody_guesses_the_answer_of_a_lost_write(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *body = g_strdup_printf("{\"space\":\"%s\"}", self->space);
    g_autoptr(Reply) first = post(self, "/notes", self->member, "k1", body);
    g_assert_cmpuint(first->status, ==, 201);
    g_assert_true(node_write(self->bench.node, leave_open, NULL, NULL));
    g_autoptr(Reply) busy = post(self, "/notes", self->member, "k1", body);
    assert_problem(busy, 409, "idempotency.busy");
    site_stop(&self->site);
    bench_close(&self->bench);
    bench_open(&self->bench);
    serve(self);
    g_autoptr(Reply) lost = post(self, "/notes", self->member, "k1", body);
    assert_problem(lost, 409, "idempotency.lost");
}

/* ---- live events ---- */

static int listen_as(Case *self, const char *person, const char *last)
{
    g_autofree char *ask = g_strdup_printf("GET /events HTTP/1.1\r\nHost: x\r\nX-Person: %s\r\n%s%s%s\r\n", person,
                                           last ? "Last-Event-ID: " : "", last ? last : "", last ? "\r\n" : "");
    int fd = wire_connect(self->site.port);
    wire_send(fd, ask);
    for (;;) { /* the header, which comes once the stream is open */
        g_autofree char *line = wire_read_line(fd);
        g_assert_nonnull(line);
        if (!*g_strchomp(line))
            return fd;
    }
}

/* The next event's name; its id. New. */
static char *next_event(int fd, char **id)
{
    char *name = NULL;
    for (;;) {
        g_autofree char *line = wire_read_line(fd);
        g_assert_nonnull(line);
        g_strchomp(line);
        if (id && g_str_has_prefix(line, "id: ")) {
            g_free(*id);
            *id = g_strdup(line + 4);
        }
        if (g_str_has_prefix(line, "event: "))
            name = g_strdup(line + 7);
        if (!*line && name)
            return name;
    }
}

static void wait_for_clients(Case *self, guint count)
{
    while (live_clients(self->bench.node) != count)
        g_thread_yield();
}

static void events_reach_who_may_see_them(Case *self, gconstpointer data)
{
    (void)data;
    int member = listen_as(self, self->member, NULL), stranger = listen_as(self, self->stranger, NULL);
    wait_for_clients(self, 2);
    g_autofree char *subject = bench_write(&self->bench, self->space, NULL, "a note", NULL);
    g_assert_nonnull(subject);
    live_notify(self->bench.node, "notice", AUDIENCE_ALL, NULL, NULL, "hello");
    g_autofree char *first = next_event(member, NULL), *second = next_event(member, NULL),
                    *only = next_event(stranger, NULL);
    g_assert_cmpstr(first, ==, "record");
    g_assert_cmpstr(second, ==, "notice");
    g_assert_cmpstr(only, ==, "notice");
    live_close(self->bench.node, self->stranger, NULL);
    g_free(wire_rest(stranger)); /* the stream ends */
    wait_for_clients(self, 1);
    close(member);
    close(stranger);
}

static void a_stream_goes_on_where_it_stopped(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *id = NULL;
    int stream = listen_as(self, self->member, NULL);
    wait_for_clients(self, 1);
    live_notify(self->bench.node, "one", AUDIENCE_PERSON, self->member, NULL, NULL);
    g_autofree char *one = next_event(stream, &id);
    g_assert_cmpstr(one, ==, "one");
    close(stream);
    live_notify(self->bench.node, "elsewhere", AUDIENCE_PERSON, self->stranger, NULL, NULL);
    live_notify(self->bench.node, "two", AUDIENCE_PERSON, self->member, NULL, NULL);
    g_autofree char *settled = bench_write(&self->bench, self->space, NULL, "behind it in the queue", NULL);
    g_assert_nonnull(settled);
    stream = listen_as(self, self->member, id);
    g_autofree char *two = next_event(stream, NULL);
    g_assert_cmpstr(two, ==, "two");
    close(stream);
    stream = listen_as(self, self->member, "1"); /* of another run of the program */
    g_autofree char *reset = next_event(stream, NULL);
    g_assert_cmpstr(reset, ==, "resync");
    close(stream);
}

/* ---- jobs ---- */

static json_t *await(Case *self, const char *id, const char *state)
{
    g_autoptr(Db) db = node_reader_open(self->bench.node, NULL);
    for (;;) {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) job = job_describe(self->bench.node, db, id, self->member, &error);
        g_assert_no_error(error);
        if (g_str_equal(json_text(job, "state"), state))
            return g_steal_pointer(&job);
        g_thread_yield();
    }
}

static void a_job_tells_how_it_ended(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *good = NULL, *bad = NULL;
    g_autoptr(json_t) arguments = json_pack("{s:i}", "count", 3);
    g_assert_true(job_start(self->bench.node, "notebook.count", self->member, arguments, &good, &error));
    g_autoptr(json_t) done = await(self, good, "done");
    g_assert_cmpint(json_integer_or(json_object_get(done, "result"), "counted", 0), ==, 3);
    g_assert_cmpint(json_integer_or(json_object_get(done, "progress"), "done", 0), ==, 3);
    g_test_expect_message(NULL, G_LOG_LEVEL_WARNING, "*notebook.count failed*");
    g_assert_true(job_start(self->bench.node, "notebook.count", self->member, NULL, &bad, &error));
    g_autoptr(json_t) failed = await(self, bad, "failed");
    g_assert_cmpstr(json_text(failed, "detail"), ==, "There is nothing to count.");
    g_test_assert_expected_messages();
    g_autoptr(Db) db = node_reader_open(self->bench.node, NULL);
    g_assert_null(job_describe(self->bench.node, db, good, self->stranger, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
}

static gboolean mark_running(Tx *tx, gpointer data, GError **error)
{
    (void)data;
    return db_execute(tx_db(tx), "UPDATE job SET state = 'running', finished = NULL", error);
}

static gboolean refuse_outcomes(Tx *tx, gpointer data, GError **error)
{
    (void)data;
    return db_execute(tx_db(tx),
                      "CREATE TRIGGER stubborn BEFORE UPDATE ON job WHEN NEW.state IN ('done', 'failed') "
                      "BEGIN SELECT RAISE(ABORT, 'no'); END",
                      error);
}

/* J4: where the end of a job can't be written, nobody waits for it for ever. */
static void a_job_whose_end_cannot_be_written_shows_as_failed(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *id = NULL;
    g_autoptr(json_t) arguments = json_pack("{s:i}", "count", 3);
    g_assert_true(node_write(self->bench.node, refuse_outcomes, NULL, NULL));
    g_test_expect_message(NULL, G_LOG_LEVEL_WARNING, "The outcome of job notebook.count could not be stored*");
    g_assert_true(job_start(self->bench.node, "notebook.count", self->member, arguments, &id, NULL));
    g_autoptr(json_t) failed = await(self, id, "failed");
    g_assert_cmpstr(json_text(failed, "code"), ==, "job.interrupted");
    g_test_assert_expected_messages();
}

/* As a kill leaves them: one that may run again does, the other has failed. */
static void what_a_kill_cut_off_is_settled(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *once = NULL, *again = NULL;
    g_autoptr(json_t) arguments = json_pack("{s:i}", "count", 3);
    g_assert_true(job_start(self->bench.node, "notebook.count", self->member, arguments, &once, NULL));
    g_assert_true(job_start(self->bench.node, "notebook.again", self->member, arguments, &again, NULL));
    json_decref(await(self, once, "done"));
    json_decref(await(self, again, "done"));
    g_assert_true(node_write(self->bench.node, mark_running, NULL, NULL));
    site_stop(&self->site);
    bench_close(&self->bench);
    bench_open(&self->bench);
    serve(self);
    json_decref(await(self, again, "done"));
    g_autoptr(json_t) cut = await(self, once, "failed");
    g_assert_cmpstr(json_text(cut, "code"), ==, "job.interrupted");
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add("/node/requests/" name, Case, NULL, setup, function, teardown)
    TEST("twice", a_write_sent_twice_is_done_once);
    TEST("refused-twice", a_refusal_is_answered_alike);
    TEST("secret", a_secret_is_never_kept);
    TEST("lost", nobody_guesses_the_answer_of_a_lost_write);
    TEST("maybe-done", what_may_have_been_done_is_not_done_again);
    TEST("refused-busy", what_was_refused_may_be_asked_again);
    TEST("events", events_reach_who_may_see_them);
    TEST("resume", a_stream_goes_on_where_it_stopped);
    TEST("job", a_job_tells_how_it_ended);
    TEST("job-untold", a_job_whose_end_cannot_be_written_shows_as_failed);
    TEST("cut-off", what_a_kill_cut_off_is_settled);
    return g_test_run();
}
