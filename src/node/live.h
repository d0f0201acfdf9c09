/* node/live.h: what changed, told to the browsers that may know of it (SSE, GET /api/v1/events).
 *
 * Idea: an event is a name and ids, never content; who may see it is worked out once, after the commit, as a set of
 * persons that all streams share. A ring of the newest events lets a browser that was away go on where it stopped.
 *   V1  Ids ascend, over restarts too: the first of a run is the clock's microseconds.
 *   V2  An event is sent only after its transaction is durable (node/tx.h X3), in the order of commits.
 *   V3  Audience is judged by the state after that commit: who was just let in hears of it, who was put out does not. */
#pragma once
#include "http/router.h"
#include "node/tx.h"

/* Answers GET /api/v1/events with the stream of the one who asks. For app/. */
gboolean live_handle(HttpRequest *request, HttpResponse *response, GError **error);
/* Ends the streams of @person (NULL: of anybody) and @session (NULL: of any): after sign-out, revocation, disabling. */
void live_close(Node *node, const char *person, const char *session);
/* Sends an event outside of any transaction (progress of a job). Same audiences as tx_notify(). */
void live_notify(Node *node, const char *event, Audience audience, const char *space_or_person, const char *id,
                 const char *type);
guint live_clients(Node *node);
