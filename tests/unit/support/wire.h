/* tests/unit/support/wire.h: a client that sends exactly the bytes it is told to, and a server for it to talk to. */
#pragma once
#include "http/server.h"

typedef struct {
    guint status;
    GHashTable *headers; /* lower-case name -> value */
    GString *body;
} Reply;
void reply_free(Reply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, reply_free)
const char *reply_header(const Reply *self, const char *lower_case_name); /* NULL: absent */
json_t *reply_json(const Reply *self);                                    /* new reference; fails the test otherwise */
/* Status, type, the stable @code, and the request's id in both places. */
void assert_problem(const Reply *self, guint status, const char *code);

/* FALSE where nobody listens. */
gboolean wire_try_connect(int fd, guint16 port);
/* A connection to 127.0.0.1. Reads fail the test after ten seconds. */
int wire_connect(guint16 port);
void wire_send(int fd, const char *text);
void wire_send_bytes(int fd, gconstpointer bytes, gsize length);
/* One whole answer; NULL where the connection ends before one. @head: it has no body. */
Reply *wire_read(int fd, gboolean head);
gboolean wire_is_over(int fd); /* waits for the other side to end the connection */
/* What comes until the other side ends the connection. New string. */
char *wire_rest(int fd);
/* One line of a stream, without its end; NULL at the end. New string. */
char *wire_read_line(int fd);
/* Connects, sends @text, reads one answer, closes. NULL where there is none. */
Reply *wire_ask(guint16 port, const char *text);
/* The same for a request without a body: "GET /x" and whatever headers, each ended by CRLF. */
Reply *wire_get(guint16 port, const char *target, const char *headers);

/* A server on a free port, with @routes. @options: what else is wanted; its env, listen and data are set here. */
typedef struct {
    HttpRouter *router;
    HttpServer *server;
    guint16 port;
} Site;
void site_start(Site *self, const HttpRoute *routes, HttpServerOptions options);
void site_stop(Site *self);
