/* app/control.h: DIR/control.sock, by which a second process asks the serving one to carry a command out.
 *
 * A connection carries one command: a line of JSON {"command", "arguments"}; answered by lines {"line": text},
 * {"note": text}, and at last {"exit": code} or {"error": {"kind", "code", "message"}}. Only the user who runs the node, and
 * root, may speak (SO_PEERCRED); the socket's mode is 0600. */
#pragma once
#include "app/command.h"

typedef struct Control Control;
/* Listens in @node's directory; one thread a connection, at most 8. */
Control *control_new(Node *node, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void control_free(Control *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Control, control_free)

/* The other end. The exit code, or -1 with the error that the serving process gave. */
int control_ask(const char *dir, const char *name, const json_t *arguments, const CommandOutput *output,
                GError **error) G_GNUC_WARN_UNUSED_RESULT;
