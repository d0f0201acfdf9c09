/* tests/unit/support/house.h: a node with the people's routes behind a real listener, in this process, in a world that
 * the test decides; and people who come with a browser and a passkey. */
#pragma once
#include "http/server.h"
#include "node/node.h"
#include "support/soft-authenticator.h"
#include "support/wire.h"
#include "support/world.h"

#define HOUSE_ORIGIN "http://localhost:8420"

typedef struct {
    World world;
    char *dir;
    NodeOptions options;
    Node *node;
    HttpRouter *router;
    HttpServer *server;
    guint16 port;
} House;

/* @features: ended by NULL; borrowed for the house's life. */
void house_open(House *self, const Feature *const *features);
void house_close(House *self);
/* The process ends and begins again on the same folder. */
void house_restart(House *self);

/* Somebody at a browser, or a program. */
typedef struct {
    House *house;
    char *cookie;       /* name=value; NULL: none */
    char *token;        /* NULL: none */
    const char *origin; /* what the browser says; NULL: nothing */
    const char *etag;   /* sent as If-Match; NULL: nothing */
    SoftAuthenticator *passkey;
    char *person; /* id, once known */
} Visitor;
void visitor_init(Visitor *self, House *house);
void visitor_clear(Visitor *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Visitor, visitor_clear)

/* One exchange under /api/v1. @body: taken; NULL: none. A session cookie in the answer is kept. */
Reply *visitor_ask(Visitor *self, const char *method, const char *path, json_t *body);
/* The same where the status must be @status; the answer's JSON. New reference; NULL where it has none. */
json_t *visitor_get(Visitor *self, const char *method, const char *path, json_t *body, guint status);
/* The same where it must be the problem @code. */
void visitor_refused(Visitor *self, const char *method, const char *path, json_t *body, guint status, const char *code);

/* Follows @link ("<origin>/enrol#<token>") with a new passkey of @algorithm and is signed in. */
void visitor_enrol(Visitor *self, const char *link, int algorithm);
/* The body of POST /sign-in over a fresh challenge. New reference. */
json_t *visitor_sign_in_body(Visitor *self);
/* Signs in with the passkey. */
void visitor_sign_in(Visitor *self);
/* The administrator of a house that has none yet, invited on the command line and enrolled. */
void visitor_be_administrator(Visitor *self, House *house);
/* Invited by @administrator with the one role, and enrolled. */
void visitor_be(Visitor *self, House *house, Visitor *administrator, const char *name, const char *role);
