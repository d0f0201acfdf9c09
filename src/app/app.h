/* app/app.h: the only place that knows everybody: the list of features, the routes, the listener, what a running service owes
 * its operator (signals, systemd, the control socket). */
#pragma once
#include "node/node.h"

/* Every feature, ended by NULL; `needs` come before those that need them. Adding a feature is an include
 * and an entry in features.c, and its name in features/meson.build. */
extern const Feature *const app_features[];

/* The act tables of the ledger and of every feature: for the node and for the offline verifier alike. New. */
ActTypes *app_act_types(void);

/* The web app and the API description, in the binary (tools/assets.py). Borrowed. */
GResource *comity_assets_get_resource(void);

/* verify.html as it was built in; NULL where it was not. New reference. */
GBytes *app_verify_html(void);

/* Opens the node and serves it on @listen until SIGTERM or SIGINT. */
gboolean app_serve(const NodeOptions *options, const char *listen, GError **error) G_GNUC_WARN_UNUSED_RESULT;
