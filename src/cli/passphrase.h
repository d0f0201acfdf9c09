/* cli/passphrase.h: asks on the terminal without showing it, or reads $COMITY_PASSPHRASE_FILE (for services and tests). */
#pragma once
#include <glib.h>

/* New; the caller wipes it. COMITY_ERROR_USAGE where there is neither a terminal nor a file. */
char *passphrase_ask(const char *prompt, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Asks a second time and compares; at least 12 characters. */
char *passphrase_ask_twice(GError **error) G_GNUC_WARN_UNUSED_RESULT;
