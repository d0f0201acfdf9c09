/* cli/client.h: a client of a node's public API, as any program could be: JSON, tus uploads, ranged downloads.
 *   K1  The token is read from a file or $COMITY_TOKEN_FILE, never from the command line (others can see that).
 *   K2  An upload that breaks off asks the server where it stands and goes on, up to 8 times with growing pauses. */
#pragma once
#include "base/json.h"
#include "cli/command_line.h"

typedef struct Client Client;

/* --server, --token-file and --json, to be put first into a command's own entries. */
typedef struct {
    char *server;
    char *token_file;
    gboolean json;
} ClientOptions;
#define CLIENT_ENTRIES(options)                                                                                        \
    {"server", 0, 0, G_OPTION_ARG_STRING, &(options).server, "Where the node is (or COMITY_SERVER)", "URL"},           \
        {"token-file",                                                                                                 \
         0,                                                                                                            \
         0,                                                                                                            \
         G_OPTION_ARG_FILENAME,                                                                                        \
         &(options).token_file,                                                                                        \
         "File that holds the token (or COMITY_TOKEN_FILE)",                                                           \
         "FILE"},                                                                                                      \
    {                                                                                                                  \
        "json", 0, 0, G_OPTION_ARG_NONE, &(options).json, "Print JSON", NULL                                           \
    }
void client_options_clear(ClientOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ClientOptions, client_options_clear)

Client *client_new(const ClientOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void client_free(Client *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)

/* @method @path (under /api/v1) with @body (borrowed; NULL: none). The answer's JSON (null where it has none), new
 * reference; a problem becomes an error with its detail and code. */
json_t *client_call(Client *self, const char *method, const char *path, const json_t *body,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Every item of a list, page by page. New reference. */
json_t *client_list(Client *self, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Uploads the file at @path to @space (K2). The upload's id, new. */
char *client_upload(Client *self, const char *space, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Downloads @path into the new file @to: written beside it and renamed when whole. */
gboolean client_download(Client *self, const char *path, const char *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Waits for a resource whose "state" is still @busy, asking each 200 ms, with progress. Its last form, new reference. */
json_t *client_wait(Client *self, const char *path, const char *const *busy, const char *what,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
