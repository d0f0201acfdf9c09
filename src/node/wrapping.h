/* node/wrapping.h: keys of files that this node alone reads, wrapped under its wrapping key for a row of its own. */
#pragma once
#include "crypto/secret.h"
#include "node/node.h"

/* @what: what the key is for ("export/<id>"); a wrapped key opens under the same words only. */
GBytes *node_wrap(Node *self, const char *what, const Secret *secret);
Secret *node_unwrap(Node *self, const char *what, GBytes *wrapped, GError **error) G_GNUC_WARN_UNUSED_RESULT;
