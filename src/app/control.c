#include "app/control.h"
#include "base/error.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_LIMIT (1024 * 1024)
#define PATIENCE_S 60

struct Control {
    Node *node; /* borrowed */
    GSocketService *service;
    GMainContext *context;
    GMainLoop *loop;
    GThread *thread;
    char *path;
    GMutex lock;
    GCond ended;
    GHashTable *open; /* GSocketConnection: each on a thread of its own that uses the node */
};

/* sun_path is short: a deep data directory is reached through its descriptor. */
static GSocketAddress *socket_address(const char *dir, FileDescriptor *folder, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "control.sock", NULL);
    if (strlen(path) < sizeof((struct sockaddr_un *)NULL)->sun_path)
        return g_unix_socket_address_new(path);
    *folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*folder < 0) {
        error_set_errno(error, "opening “%s”", dir);
        return NULL;
    }
    g_autofree char *alias = g_strdup_printf("/proc/self/fd/%d/control.sock", *folder);
    return g_unix_socket_address_new(alias);
}

static gboolean send_json(GOutputStream *out, json_t *value)
{
    gsize length = 0;
    g_autofree char *text = json_compact(value, &length);
    json_decref(value);
    return g_output_stream_write_all(out, text, length, NULL, NULL, NULL) &&
           g_output_stream_write_all(out, "\n", 1, NULL, NULL, NULL);
}

static void send_line(gpointer data, const char *text)
{
    send_json(data, json_pack("{s:s}", "line", text));
}
static void send_note(gpointer data, const char *text)
{
    send_json(data, json_pack("{s:s}", "note", text));
}

static json_t *run_command(Control *self, GOutputStream *out, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) asked = json_strict_parse(text, strlen(text), LINE_LIMIT, &error);
    const Command *command = asked && json_text(asked, "command") ? command_find(json_text(asked, "command")) : NULL;
    int code = -1;
    if (!asked || !command) {
        if (!error)
            error_set(&error, COMITY_ERROR_USAGE, "", "",
                      "The node that is served knows no such command; both must be of one version.");
    } else if (command->alone) {
        error_set(&error, COMITY_ERROR_BUSY, "node.served", "",
                  "The node is being served, and “%s” needs it alone. Stop `comity serve`, then run it again.",
                  command->name);
    } else {
        CommandOutput output = {.line = send_line, .note = send_note, .data = out};
        code = command->run(self->node, json_object_get(asked, "arguments"), &output, &error);
    }
    if (code >= 0)
        return json_pack("{s:i}", "exit", code);
    return json_pack("{s:{s:i, s:s, s:s}}", "error", "kind", error->code, "code", error_code(error), "message",
                     error->message);
}

static void mark_open(Control *self, GSocketConnection *connection, gboolean open)
{
    g_mutex_lock(&self->lock);
    if (open)
        g_hash_table_add(self->open, connection);
    else
        g_hash_table_remove(self->open, connection);
    g_cond_signal(&self->ended);
    g_mutex_unlock(&self->lock);
}

/* The node must not go while a command still works on it; who only holds a connection open is cut off. */
static void wait_for_open(Control *self)
{
    g_mutex_lock(&self->lock);
    GHashTableIter iter;
    gpointer connection;
    g_hash_table_iter_init(&iter, self->open);
    while (g_hash_table_iter_next(&iter, &connection, NULL))
        g_socket_shutdown(g_socket_connection_get_socket(connection), TRUE, FALSE, NULL);
    while (g_hash_table_size(self->open) > 0)
        g_cond_wait(&self->ended, &self->lock);
    g_mutex_unlock(&self->lock);
}

static void answer_one(Control *self, GSocketConnection *connection)
{
    g_autoptr(GDataInputStream) in = g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
    g_autofree char *text = g_data_input_stream_read_line_utf8(in, NULL, NULL, NULL);
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(connection));
    if (text)
        send_json(out, run_command(self, out, text));
}

/* Runs on a thread of its own (threaded socket service). */
static gboolean serve_one(GThreadedSocketService *service, GSocketConnection *connection, GObject *source,
                          gpointer data)
{
    (void)service;
    (void)source;
    Control *self = data;
    g_autoptr(GCredentials) peer = g_socket_get_credentials(g_socket_connection_get_socket(connection), NULL);
    uid_t user = peer ? g_credentials_get_unix_user(peer, NULL) : (uid_t)-1;
    if (user == geteuid() || user == 0)
        answer_one(self, connection);
    mark_open(self, connection, FALSE);
    return TRUE;
}

/* Who was accepted counts as open before a thread has taken them up: otherwise the node could go in between. A line
 * or an answer that does not move for a minute is given up, so that nobody holds a node that wants to stop. */
static gboolean note_incoming(GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
    (void)service;
    (void)source;
    g_socket_set_timeout(g_socket_connection_get_socket(connection), PATIENCE_S);
    mark_open(data, connection, TRUE);
    return FALSE;
}

static gpointer control_loop(gpointer data)
{
    Control *self = data;
    g_main_context_push_thread_default(self->context);
    g_socket_service_start(self->service);
    g_main_loop_run(self->loop);
    g_socket_service_stop(self->service);
    g_main_context_pop_thread_default(self->context);
    return NULL;
}

Control *control_new(Node *node, GError **error)
{
    g_autoptr(Control) self = g_new0(Control, 1);
    self->node = node;
    g_mutex_init(&self->lock);
    g_cond_init(&self->ended);
    self->open = g_hash_table_new(NULL, NULL);
    self->path = g_build_filename(node_dir(node), "control.sock", NULL);
    self->context = g_main_context_new();
    self->loop = g_main_loop_new(self->context, FALSE);
    if (unlink(self->path) != 0 && errno != ENOENT) {
        error_set_errno(error, "the control socket needs its place “%s”, move away what lies there", self->path);
        return NULL;
    }
    g_auto(FileDescriptor) folder = -1;
    g_autoptr(GSocketAddress) address = socket_address(node_dir(node), &folder, error);
    if (!address)
        return NULL;
    g_main_context_push_thread_default(self->context);
    self->service = g_threaded_socket_service_new(8);
    g_signal_connect(self->service, "incoming", G_CALLBACK(note_incoming), self);
    g_signal_connect(self->service, "run", G_CALLBACK(serve_one), self);
    mode_t mask = umask(0177);
    gboolean listening = g_socket_listener_add_address(G_SOCKET_LISTENER(self->service), address, G_SOCKET_TYPE_STREAM,
                                                       G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, error);
    umask(mask);
    g_main_context_pop_thread_default(self->context);
    if (!listening)
        return NULL;
    self->thread = g_thread_new("control", control_loop, self);
    return g_steal_pointer(&self);
}

void control_free(Control *self)
{
    if (!self)
        return;
    if (self->thread) {
        g_main_loop_quit(self->loop);
        g_thread_join(self->thread);
        unlink(self->path);
        wait_for_open(self);
    }
    if (self->service)
        g_socket_listener_close(G_SOCKET_LISTENER(self->service));
    g_clear_object(&self->service);
    g_main_loop_unref(self->loop);
    g_main_context_unref(self->context);
    g_hash_table_unref(self->open);
    g_mutex_clear(&self->lock);
    g_cond_clear(&self->ended);
    g_free(self->path);
    g_free(self);
}

/* One line of the answer. TRUE: it was the last, and @code or @error is set. */
static gboolean take_answer(const char *text, const CommandOutput *output, int *code, GError **error)
{
    g_autoptr(json_t) answer = json_strict_parse(text, strlen(text), LINE_LIMIT, error);
    *code = -1;
    if (!answer)
        return TRUE;
    if (json_text(answer, "line"))
        output->line(output->data, json_text(answer, "line"));
    if (json_text(answer, "note"))
        output->note(output->data, json_text(answer, "note"));
    const json_t *failed = json_object_get(answer, "error");
    if (failed) {
        error_set(error, (ComityError)json_integer_or(failed, "kind", COMITY_ERROR_IO), json_text(failed, "code"), "",
                  "%s", json_text(failed, "message"));
        return TRUE;
    }
    *code = (int)json_integer_or(answer, "exit", -1);
    return *code >= 0;
}

int control_ask(const char *dir, const char *name, const json_t *arguments, const CommandOutput *output, GError **error)
{
    g_auto(FileDescriptor) folder = -1;
    g_autoptr(GSocketAddress) address = socket_address(dir, &folder, error);
    if (!address)
        return -1;
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GError) refused = NULL;
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, &refused);
    if (!connection) {
        error_set(error, COMITY_ERROR_BUSY, "node.locked", "",
                  "Another process holds “%s” and does not answer on its control socket (%s). Wait for it, or stop it.",
                  dir, refused->message);
        return -1;
    }
    g_autoptr(json_t) asked = json_pack("{s:s, s:O}", "command", name, "arguments", arguments);
    if (!send_json(g_io_stream_get_output_stream(G_IO_STREAM(connection)), g_steal_pointer(&asked))) {
        error_set(error, COMITY_ERROR_IO, "", "", "The serving process closed its control socket.");
        return -1;
    }
    g_autoptr(GDataInputStream) in = g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
    for (;;) {
        g_autofree char *text = g_data_input_stream_read_line_utf8(in, NULL, NULL, NULL);
        int code = -1;
        if (!text) {
            error_set(error, COMITY_ERROR_IO, "", "",
                      "The serving process ended before the command did. Look at its log, then run it again.");
            return -1;
        }
        if (take_answer(text, output, &code, error))
            return code;
    }
}
