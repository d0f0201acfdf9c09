/* node/create.h: what a command must know before it makes or opens a node (node.h: node_create, node_open). */
#pragma once
#include "node/node.h"

/* Does the master key that @options lead to ask for a passphrase? FALSE where there is no key yet. */
gboolean node_needs_passphrase(const NodeOptions *options, gboolean *needed, GError **error) G_GNUC_WARN_UNUSED_RESULT;
