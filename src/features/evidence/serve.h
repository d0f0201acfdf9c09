/* features/evidence/serve.h: tickets (ticket.c) and the bytes that they open (serve.c). */
#pragma once
#include "crypto/digest.h"
#include "node/node.h"

typedef struct {
    Hash hash; /* of its text */
    char *space, *lane, *subject;
    char *person;  /* in the node's own space */
    GArray *files; /* of gint64: their numbers */
    gboolean harmful;
    gint64 expires_ms;
} Ticket;
void ticket_clear(Ticket *self); /* of a copy made by ticket_take() */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ticket, ticket_clear)

/* Is @text a ticket for @file, still good? @out: a copy without its files. COMITY_ERROR_GONE or _NOT_FOUND otherwise. */
gboolean ticket_take(Node *node, const char *text, gint64 file, Ticket *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
