/* node/config.h: comity.conf, a GKeyFile of few keys that an operator may edit; a key that nobody knows is an error.
 *   K1  What is written in records for ever (name) is checked once more each time the file is read.
 *   K2  A misspelt key never passes silently: the error names the nearest one. */
#pragma once
#include "node/node.h"

#define CONFIG_FILE "comity.conf"

/* Checks every value by itself: name, country, origin. COMITY_ERROR_INVALID with a sentence. */
gboolean node_config_check(const NodeConfig *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Reads and checks @path. New. */
NodeConfig *node_config_load(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes @config to @path, replaced whole, mode 0600. */
gboolean node_config_save(const NodeConfig *config, const Env *env, const char *path,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
NodeConfig *node_config_copy(const NodeConfig *config);
/* The host of a web origin without its port ("a.localhost"): the WebAuthn RP id. New, or NULL where @origin is none. */
char *origin_host(const char *origin);
