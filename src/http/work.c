/* http/work.c: what happens to a request while the ball is ours: hooks, handler, deferral, the end.
 *
 * A deferred request has two holders: the handler that has not returned yet, and whoever will complete it. The last of
 * the two goes on (Q4), so that a completion that overtakes the handler waits for it. */
#include "http/private.h"
#include "http/problem.h"

/* Gives the ball to the connection's thread, and with it the work's reference. */
static void hand_back(HttpRequest *self, HttpStep step)
{
    HttpServer *server = self->server;
    g_mutex_lock(&self->lock);
    self->step = step;
    if (!self->gone)
        http_server_resume(server, self->connection);
    g_mutex_unlock(&self->lock);
    http_request_unref(self);
    http_server_work_done(server);
}

static GError *no_answer(void)
{
    return g_error_new(COMITY_ERROR, COMITY_ERROR_IO, "The handler returned without an answer.");
}

/* Where the answer goes: on the socket, to libmicrohttpd, or nowhere. */
static void send_answer(HttpRequest *self)
{
    if (self->gone) /* the client left while a handler waited for its body */
        http_response_clear_body(self->response);
    else if (self->taken)
        http_send_direct(self);
    else
        http_send_prepare(self);
}

/* On the connection's thread for refusals and inline routes, elsewhere for the rest. */
void http_work_finish(HttpRequest *self, GError *error)
{
    g_autoptr(GError) failure = error;
    gboolean ours = self->step == HTTP_STEP_WORK;
    if (failure == NULL && self->response->status == 0)
        failure = no_answer();
    if (failure != NULL)
        http_problem_fill(self->response, self, failure);
    if (self->handled && self->server->options.after != NULL)
        self->server->options.after(self, self->response);
    http_log_answer(self, self->response->status);
    send_answer(self);
    if (ours)
        hand_back(self, self->taken ? HTTP_STEP_CLOSE : HTTP_STEP_ANSWER);
}

static void go_on(HttpRequest *self)
{
    self->deferred = FALSE;
    self->elsewhere = TRUE;
    if (self->next != NULL)
        http_pool_push(self->server->pool, http_work_handle, self);
    else
        http_work_finish(self, g_steal_pointer(&self->failure));
}

static void let_go(HttpRequest *self)
{
    if (g_atomic_int_dec_and_test(&self->holds))
        go_on(self);
}

void http_request_defer(HttpRequest *self)
{
    g_return_if_fail(!self->deferred);
    self->deferred = TRUE;
    self->next = NULL;
    g_atomic_int_set(&self->holds, 2);
}

void http_request_complete(HttpRequest *self, GError *error)
{
    g_clear_error(&self->failure);
    self->failure = error;
    let_go(self);
}

void http_request_continue(HttpRequest *self, HttpHandler next)
{
    self->next = next;
    let_go(self);
}

/* Runs @handler; afterwards the request belongs to whoever completes it, or is finished. */
static void run(HttpRequest *self, HttpHandler handler, HttpWorker *worker)
{
    self->worker = worker;
    self->handled = TRUE;
    GError *error = NULL;
    gboolean fine = http_worker_ready(worker, &error) && handler(self, self->response, &error);
    self->worker = NULL;
    if (self->deferred && fine) {
        let_go(self);
        return;
    }
    g_warn_if_fail(!self->deferred); /* a handler that defers has no error left to give */
    if (!fine && error == NULL)
        error = no_answer();
    http_work_finish(self, error);
}

void http_work_handle(gpointer request, HttpWorker *worker)
{
    HttpRequest *self = request;
    HttpHandler next = self->next;
    self->next = NULL;
    run(self, next != NULL ? next : self->entry->route->handler, worker);
}

/* Lets the request in and to its handler: a stream on a thread of its own, a body that is still to come by way of
 * libmicrohttpd, anything else at once. */
static void let_in(HttpRequest *self, HttpWorker *worker)
{
    self->let_in = TRUE;
    if (self->ended) {
        http_work_handle(self, worker);
    } else if (!(self->entry->route->flags & HTTP_ROUTE_STREAM)) {
        hand_back(self, HTTP_STEP_COLLECT);
    } else if (!http_pool_try_push(self->server->streams, http_work_handle, self)) {
        http_response_set_header(self->response, "Retry-After", "2");
        GError *error = NULL;
        error_set(&error, COMITY_ERROR_BUSY, HTTP_CODE_BUSY, "",
                  "Too many uploads are running. Try again in a moment.");
        http_work_finish(self, error);
    }
}

void http_work_begin(gpointer request, HttpWorker *worker)
{
    HttpRequest *self = request;
    const HttpServerOptions *options = &self->server->options;
    GError *error = NULL;
    gboolean answered = FALSE;
    self->worker = worker;
    gboolean fine = http_worker_ready(worker, &error) &&
                    (options->before == NULL || options->before(self, self->response, &answered, &error));
    self->worker = NULL;
    if (fine && !answered) {
        let_in(self, worker);
        return;
    }
    if (!fine && error == NULL)
        error = no_answer();
    http_work_finish(self, error);
}

void http_work_inline(HttpRequest *self)
{
    GError *error = NULL;
    gboolean fine = self->entry->route->handler(self, self->response, &error);
    http_work_finish(self, fine ? NULL : error != NULL ? error : no_answer());
}
