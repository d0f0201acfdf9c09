/* Evidence on its way in: over tus, through the node, to a blob that gives back every byte; also when the process is killed
 * in between, when the client vanishes, when nobody comes back. */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "node/sweep.h"
#include "node/upload.h"
#include "store/blob_pipe.h"
#include "support/notebook.h"
#include "support/wire.h"
#include "support/world.h"
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE ((gsize)3 * 1024 * 1024 + 17)
#define WEEK_MS ((gint64)7 * 24 * 60 * 60 * 1000)

typedef struct {
    World world;
    Bench bench;
    Site site;
    char *space, *lane, *person;
    guint8 *bytes; /* SIZE of them: a PNG's beginning, then anything */
    char *sha256;
} Case;

/* Everybody who asks is the one investigator. */
static gboolean sign_in(HttpRequest *request, HttpResponse *response, gboolean *answered, GError **error)
{
    (void)response;
    (void)answered;
    Node *node = http_request_owner(request);
    Principal *principal = principal_of_person(node, node_reader(node, request), node_feature_data(node, "who"), error);
    if (!principal)
        return FALSE;
    http_request_set(request, "principal", principal, (GDestroyNotify)principal_free);
    return TRUE;
}

static void serve(Case *self)
{
    bench_open(&self->bench);
    node_set_feature_data(self->bench.node, "who", self->person);
    const HttpServerOptions options = {
        .data = self->bench.node, .worker_new = node_worker_new, .worker_free = node_worker_free, .before = sign_in};
    site_start(&self->site, upload_routes, options);
}

static void close_down(Case *self)
{
    site_stop(&self->site);
    bench_close(&self->bench);
}

static void setup(Case *self, gconstpointer data)
{
    static const char *const roles[] = {"investigator", NULL};
    (void)data;
    world_init(&self->world);
    bench_setup(&self->bench, &self->world.env);
    self->space = bench_space(&self->bench);
    self->lane = bench_text(&self->bench, "SELECT lane FROM space WHERE kind = 'case'");
    self->person = bench_person(&self->bench, "Adaeze Okafor", roles);
    bench_introduce(&self->bench, self->space, self->person, roles);
    bench_close(&self->bench);
    self->bytes = g_malloc(SIZE);
    self->world.env.random(&self->world, self->bytes, SIZE);
    memcpy(self->bytes, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0", 29);
    Hash hash = sha256(self->bytes, SIZE);
    self->sha256 = hash_text(&hash);
    serve(self);
}

static void teardown(Case *self, gconstpointer data)
{
    (void)data;
    close_down(self);
    bench_teardown(&self->bench);
    g_free(self->space);
    g_free(self->lane);
    g_free(self->person);
    g_free(self->bytes);
    g_free(self->sha256);
}

/* ---- a client ---- */

#define TUS "Host: x\r\nTus-Resumable: 1.0.0\r\n"

/* Creates an upload; its path. New. */
static char *create(Case *self, gsize size)
{
    g_autofree char *space = base64_encode(self->space, strlen(self->space));
    g_autofree char *ask =
        g_strdup_printf("POST /api/v1/uploads HTTP/1.1\r\n" TUS "Upload-Length: %" G_GSIZE_FORMAT
                        "\r\nUpload-Metadata: filename cGhvdG8ucG5n,space %s\r\nContent-Length: 0\r\n\r\n",
                        size, space);
    g_autoptr(Reply) reply = wire_ask(self->site.port, ask);
    g_assert_cmpuint(reply->status, ==, 201);
    return g_strdup(reply_header(reply, "location"));
}

static const char *id_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

static Reply *head(Case *self, const char *path)
{
    g_autofree char *ask = g_strdup_printf("HEAD %s HTTP/1.1\r\n" TUS "\r\n", path);
    int fd = wire_connect(self->site.port);
    wire_send(fd, ask);
    Reply *reply = wire_read(fd, TRUE);
    close(fd);
    return reply;
}

static guint64 offset_of(Case *self, const char *path)
{
    g_autoptr(Reply) reply = head(self, path);
    g_assert_cmpuint(reply->status, ==, 200);
    return g_ascii_strtoull(reply_header(reply, "upload-offset"), NULL, 10);
}

/* Says that it sends @length bytes from @offset on, and sends @sent of them; the answer where that is all. */
static Reply *patch(Case *self, const char *path, gsize offset, gsize length, gsize sent)
{
    g_autofree char *ask =
        g_strdup_printf("PATCH %s HTTP/1.1\r\n" TUS "Content-Type: application/offset+octet-stream\r\nUpload-Offset: "
                        "%" G_GSIZE_FORMAT "\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                        path, offset, length);
    int fd = wire_connect(self->site.port);
    wire_send(fd, ask);
    wire_send_bytes(fd, self->bytes + offset, sent);
    Reply *reply = sent == length ? wire_read(fd, FALSE) : NULL;
    close(fd);
    return reply;
}

static void send_from(Case *self, const char *path, gsize offset, gsize to)
{
    g_autoptr(Reply) reply = patch(self, path, offset, to - offset, to - offset);
    g_assert_cmpuint(reply->status, ==, 204);
    g_assert_cmpuint(g_ascii_strtoull(reply_header(reply, "upload-offset"), NULL, 10), ==, to);
}

/* ---- what becomes of it ---- */

static Upload *row_of(Case *self, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Db) db = node_reader_open(self->bench.node, NULL);
    Upload *upload = upload_get(db, id_of(path), self->person, &error);
    g_assert_no_error(error);
    return upload;
}

typedef struct {
    Case *self;
    const char *upload;
} Taking;

static gboolean take(Tx *tx, gpointer data, GError **error)
{
    const Taking *taking = data;
    const Case *self = taking->self;
    return tx_take_upload(tx, taking->upload, self->person, self->space, self->lane, error);
}

static gboolean take_upload(Case *self, const char *path, GError **error)
{
    Taking taking = {.self = self, .upload = id_of(path)};
    return node_write(self->bench.node, take, &taking, error);
}

/* Every byte comes back, also from the middle. */
static void assert_blob(Case *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Db) db = node_reader_open(self->bench.node, NULL);
    g_autoptr(BlobReader) reader = node_blob_open(self->bench.node, db, self->lane, self->sha256, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(blob_reader_size(reader), ==, SIZE);
    g_autofree guint8 *back = g_malloc(SIZE);
    g_assert_cmpint(blob_reader_read(reader, 0, back, SIZE, &error), ==, SIZE);
    g_assert_cmpint(memcmp(back, self->bytes, SIZE), ==, 0);
    g_assert_cmpint(blob_reader_read(reader, SIZE - 40000, back, SIZE, &error), ==, 40000);
    g_assert_cmpint(memcmp(back, self->bytes + SIZE - 40000, 40000), ==, 0);
}

static void an_upload_in_pieces_becomes_a_blob(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = create(self, SIZE);
    g_assert_false(take_upload(self, path, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT);
    g_clear_error(&error);
    send_from(self, path, 0, 5);
    send_from(self, path, 5, 16384);
    send_from(self, path, 16384, 1000001);
    g_assert_cmpuint(offset_of(self, path), ==, 1000001);
    send_from(self, path, 1000001, SIZE);
    g_autoptr(Upload) upload = row_of(self, path);
    g_assert_true(upload->arrived);
    g_assert_cmpstr(upload->sha256, ==, self->sha256);
    g_assert_cmpstr(upload->media_type, ==, "image/png");
    g_assert_cmpstr(upload->name, ==, "photo.png");
    g_assert_true(take_upload(self, path, &error));
    g_assert_no_error(error);
    assert_blob(self);
    g_assert_false(take_upload(self, path, &error)); /* once */
    bench_audit(&self->bench, NULL);
    g_autoptr(Reply) gone = head(self, path);
    g_assert_cmpuint(gone->status, ==, 410);
}

static void the_same_bytes_are_kept_once(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < 2; i++) {
        g_autofree char *path = create(self, SIZE);
        send_from(self, path, 0, SIZE);
        g_assert_true(take_upload(self, path, &error));
        g_assert_no_error(error);
    }
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM blob"), ==, 1);
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM upload WHERE state = 'taken'"), ==, 2);
    assert_blob(self);
    bench_audit(&self->bench, NULL);
}

static void an_empty_file_arrives_with_its_creation(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *path = create(self, 0);
    g_autoptr(Upload) upload = row_of(self, path);
    g_assert_true(upload->arrived);
    g_assert_cmpstr(upload->sha256, ==, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void what_came_of_a_broken_line_is_kept(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *path = create(self, SIZE);
    g_assert_null(patch(self, path, 0, SIZE, 700000));
    guint64 offset = 0;
    while (offset < 700000) /* the server has yet to see that nobody is there */
        offset = offset_of(self, path);
    send_from(self, path, offset, SIZE);
    g_assert_true(take_upload(self, path, NULL));
    assert_blob(self);
}

/* ---- a kill ---- */

/* In a process of its own: takes pieces until it is killed, and tells of each that it acknowledged. */
static void take_pieces(Case *self, const char *path, gsize offset, int pipe)
{
    serve(self);
    for (gsize to = offset + 300001; to < SIZE; offset = to, to += 300001) {
        send_from(self, path, offset, to);
        if (write(pipe, &to, sizeof to) != sizeof to)
            _exit(1);
    }
    close(pipe); /* all but the last piece is there: nothing more to tell */
    pause();
}

static gsize kill_after(Case *self, const char *path, gsize offset, guint pieces)
{
    int fds[2];
    gsize acknowledged = offset;
    g_assert_cmpint(pipe(fds), ==, 0);
    pid_t child = fork();
    if (child == 0)
        take_pieces(self, path, offset, fds[1]);
    close(fds[1]);
    for (guint i = 0; i < pieces && read(fds[0], &acknowledged, sizeof acknowledged) > 0; i++)
        ;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    while (read(fds[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged)
        ;
    close(fds[0]);
    return acknowledged;
}

static void an_upload_goes_on_after_a_kill(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *path = create(self, SIZE);
    guint64 offset = 0;
    for (guint round = 1; round <= 3; round++) {
        close_down(self);
        gsize acknowledged = kill_after(self, path, offset, round);
        serve(self);
        offset = offset_of(self, path);
        g_assert_cmpuint(offset, >=, acknowledged);
    }
    send_from(self, path, offset, SIZE);
    g_assert_true(take_upload(self, path, NULL));
    assert_blob(self);
    bench_audit(&self->bench, NULL);
}

/* ---- what has had its time ---- */

static guint files_below(Case *self, const char *name)
{
    g_autofree char *folder = g_build_filename(self->bench.dir, name, NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint count = 0;
    for (const char *inside = g_dir_read_name(dir); inside; inside = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(name, inside, NULL),
                        *whole = g_build_filename(self->bench.dir, path, NULL);
        count += g_file_test(whole, G_FILE_TEST_IS_DIR) ? files_below(self, path) : 1;
    }
    return count;
}

static void an_upload_that_nobody_takes_expires(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    guint before = files_below(self, "uploads");
    g_autofree char *open = create(self, SIZE), *arrived = create(self, SIZE);
    send_from(self, open, 0, 100000);
    send_from(self, arrived, 0, SIZE);
    self->world.now += WEEK_MS - 1000;
    g_assert_true(node_expire(self->bench.node, &error));
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM upload"), ==, 2);
    self->world.now += 2000;
    g_assert_true(node_expire(self->bench.node, &error));
    g_assert_no_error(error);
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM upload"), ==, 0);
    g_assert_cmpint(bench_count(&self->bench, "SELECT COUNT(*) FROM upload_tail"), ==, 0);
    g_assert_cmpuint(files_below(self, "uploads"), ==, before);
}

static void files_that_no_row_names_are_swept(Case *self, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = create(self, SIZE);
    send_from(self, path, 0, SIZE);
    g_assert_true(take_upload(self, path, NULL));
    g_autofree char *waiting = create(self, SIZE);
    send_from(self, waiting, 0, 100000);
    guint blobs = files_below(self, "blobs"), uploads = files_below(self, "uploads");
    /* A publication that was rolled back, and an upload whose row was. */
    const BlobPipeOptions options = {.blobs = node_blobs(self->bench.node),
                                     .env = &self->world.env,
                                     .id = "stray",
                                     .space = self->space,
                                     .size = 3,
                                     .key = secret_new_random(&self->world.env)};
    g_autoptr(BlobPipe) pipe = blob_pipe_new(&options, &error);
    Hash hash;
    g_assert_true(blob_pipe_write(pipe, "abc", 3, &error) && blob_pipe_finish(pipe, &hash, &error));
    g_assert_true(blobs_publish(node_blobs(self->bench.node), "stray", self->sha256, &error));
    g_assert_cmpuint(files_below(self, "blobs"), ==, blobs + 1);
    g_assert_true(node_sweep(self->bench.node, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(files_below(self, "blobs"), ==, blobs);
    g_assert_cmpuint(files_below(self, "uploads"), ==, uploads);
    secret_unref((Secret *)options.key);
    assert_blob(self);
    send_from(self, waiting, 100000, SIZE);
}

static void a_damaged_file_is_named(Case *self, gconstpointer data)
{
    (void)data;
    g_autofree char *path = create(self, SIZE);
    send_from(self, path, 0, SIZE);
    g_assert_true(take_upload(self, path, NULL));
    g_autofree char *name = bench_text(&self->bench, "SELECT name FROM blob");
    g_autofree char *folder = g_strndup(name, 2),
                    *file = g_build_filename(self->bench.dir, "blobs", folder, name, NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(file, &bytes, &length, NULL));
    bytes[length / 2] ^= 1;
    g_assert_true(g_file_set_contents(file, bytes, (gssize)length, NULL));
    bench_audit(&self->bench, "blob.damaged");
    g_assert_cmpint(g_unlink(file), ==, 0);
    bench_audit(&self->bench, "blob.missing");
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add("/node/uploads/" name, Case, NULL, setup, function, teardown)
    TEST("in-pieces", an_upload_in_pieces_becomes_a_blob);
    TEST("same-bytes", the_same_bytes_are_kept_once);
    TEST("empty", an_empty_file_arrives_with_its_creation);
    TEST("broken-line", what_came_of_a_broken_line_is_kept);
    TEST("kill", an_upload_goes_on_after_a_kill);
    TEST("expired", an_upload_that_nobody_takes_expires);
    TEST("strays", files_that_no_row_names_are_swept);
    TEST("damaged", a_damaged_file_is_named);
    return g_test_run();
}
