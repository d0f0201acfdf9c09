/* node/sweep.h: what a run that was killed left behind, and what has had its time. Jobs: not on the writer thread. */
#pragma once
#include "node/node.h"

/* Blobs that no act names, and uploads without a row. */
gboolean node_sweep(Node *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Now and then: uploads and stored answers past their time. */
gboolean node_expire(Node *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
