/* cli/node_commands.c: a node in a folder: making it, serving it, administering it. */
#include "app/app.h"
#include "base/error.h"
#include "cli/command_line.h"
#include "cli/passphrase.h"
#include "node/create.h"
#include <stdio.h>

/* How a command that takes DIR opens its node; the passphrase is asked for when the master key wants one. */
static gboolean open_options(const char *dir, const char *master_key_file, NodeOptions *options, char **passphrase,
                             GError **error)
{
    *options =
        (NodeOptions){.dir = dir, .env = env_system(), .master_key_file = master_key_file, .features = app_features};
    gboolean needed = FALSE;
    if (!node_needs_passphrase(options, &needed, error))
        return FALSE;
    if (needed && !(*passphrase = passphrase_ask("Passphrase of the master key: ", error)))
        return FALSE;
    options->passphrase = *passphrase;
    return TRUE;
}

static void wipe(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

/* Warnings of a node that a command opens are words to its operator, not lines of a log. */
static GLogWriterOutput say_warning(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
    (void)data;
    for (gsize n = 0; n < count && (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL)); n++) {
        if (g_str_equal(fields[n].key, "MESSAGE"))
            cli_output.note(NULL, fields[n].value);
    }
    return G_LOG_WRITER_HANDLED;
}

/* Runs the app command @command on @dir with @arguments (taken). */
static int run_on(const char *name, const char *command, const char *dir, const char *master_key_file,
                  json_t *arguments)
{
    g_autoptr(json_t) owned = arguments;
    g_autoptr(GError) error = NULL;
    NodeOptions options;
    char *passphrase = NULL;
    g_log_set_writer_func(say_warning, NULL, NULL);
    int code = open_options(dir, master_key_file, &options, &passphrase, &error)
                   ? command_run(&options, command, owned, &cli_output, &error)
                   : -1;
    wipe(passphrase);
    return code >= 0 ? code : cli_fail(name, error);
}

static int init(const char *name, int argc, char **argv)
{
    g_autofree char *node = NULL, *title = NULL, *country = NULL, *origin = NULL, *master = NULL;
    gboolean with_passphrase = FALSE;
    const GOptionEntry entries[] = {{"name", 0, 0, G_OPTION_ARG_STRING, &node,
                                     "The node's name in every record, for ever: a-z 0-9 . - (at most 100)", "NODE"},
                                    {"title", 0, 0, G_OPTION_ARG_STRING, &title, "The authority, for people", "TEXT"},
                                    {"country", 0, 0, G_OPTION_ARG_STRING, &country, "Two letters (ISO 3166-1)", "CC"},
                                    {"origin", 0, 0, G_OPTION_ARG_STRING, &origin,
                                     "Where browsers reach it: https://HOST, or http://localhost:PORT", "URL"},
                                    {"master-key-file", 0, 0, G_OPTION_ARG_FILENAME, &master,
                                     "The master key (made if absent); otherwise DIR.key", "FILE"},
                                    {"passphrase", 0, 0, G_OPTION_ARG_NONE, &with_passphrase,
                                     "Derive the master key from a passphrase, asked for at each start", NULL},
                                    G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    g_autoptr(GError) error = NULL;
    char *passphrase = with_passphrase ? passphrase_ask_twice(&error) : NULL;
    NodeConfig config = {.name = node, .title = title ? title : node, .country = country, .origin = origin};
    NodeOptions options = {.dir = left[0],
                           .env = env_system(),
                           .master_key_file = master,
                           .passphrase = passphrase,
                           .features = app_features};
    if (!node || !country || !origin)
        error_set(&error, COMITY_ERROR_USAGE, "", "", "A node needs --name, --country and --origin.");
    gboolean made = !error && node_create(&options, &config, &error);
    wipe(passphrase);
    if (!made)
        return cli_fail(name, error);
    g_autofree char *said = g_strdup_printf(
        "Made the node %s in %s. Its master key is in %s%s: keep a copy of it elsewhere; without it nothing here can "
        "be read.",
        node, left[0], master ? master : left[0], master ? "" : ".key");
    cli_output.note(NULL, said);
    return 0;
}

static int serve(const char *name, int argc, char **argv)
{
    g_autofree char *listen = NULL, *master = NULL;
    const GOptionEntry entries[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING, &listen, "Where to listen (localhost:8420)", "ADDR:PORT"},
        {"master-key-file", 0, 0, G_OPTION_ARG_FILENAME, &master, "The master key", "FILE"},
        G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    g_autoptr(GError) error = NULL;
    NodeOptions options;
    char *passphrase = NULL;
    gboolean served = open_options(left[0], master, &options, &passphrase, &error) &&
                      app_serve(&options, listen ? listen : "localhost:8420", &error);
    wipe(passphrase);
    return served ? 0 : cli_fail(name, error);
}

static int invite(const char *name, int argc, char **argv)
{
    g_autofree char *who = NULL, *master = NULL;
    g_auto(GStrv) roles = NULL;
    gboolean admin = FALSE;
    const GOptionEntry entries[] = {{"name", 0, 0, G_OPTION_ARG_STRING, &who, "The person's name", "NAME"},
                                    {"role", 0, 0, G_OPTION_ARG_STRING_ARRAY, &roles,
                                     "investigator, prosecutor, clerk, defence, auditor (again for more)", "ROLE"},
                                    {"admin", 0, 0, G_OPTION_ARG_NONE, &admin, "May administer the node", NULL},
                                    {"master-key-file", 0, 0, G_OPTION_ARG_FILENAME, &master, "The master key", "FILE"},
                                    G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    json_t *list = json_texts((const char *const *)roles);
    return run_on(name, "invite", left[0], master,
                  json_pack("{s:s*, s:o, s:b}", "name", who, "roles", list, "admin", admin));
}

static int token_create(const char *name, int argc, char **argv)
{
    g_autofree char *person = NULL, *master = NULL;
    g_auto(GStrv) scopes = NULL;
    const GOptionEntry entries[] = {{"person", 0, 0, G_OPTION_ARG_STRING, &person,
                                     "Whose: matched exactly; a machine person is made where there is none", "NAME"},
                                    {"scope", 0, 0, G_OPTION_ARG_STRING_ARRAY, &scopes,
                                     "cases:read cases:write evidence:read evidence:write export all (again for more)",
                                     "SCOPE"},
                                    {"master-key-file", 0, 0, G_OPTION_ARG_FILENAME, &master, "The master key", "FILE"},
                                    G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    json_t *list = json_texts((const char *const *)scopes);
    return run_on(name, "token create", left[0], master, json_pack("{s:s*, s:o}", "person", person, "scopes", list));
}

/* Commands whose only argument is DIR, and --json where they report. */
static int plain(const char *name, int argc, char **argv)
{
    g_autofree char *master = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {{"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL},
                                    {"master-key-file", 0, 0, G_OPTION_ARG_FILENAME, &master, "The master key", "FILE"},
                                    G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    return run_on(name, name, left[0], master, json_pack("{s:b}", "json", json));
}

static int populate(const char *name, int argc, char **argv)
{
    g_autofree char *master = NULL;
    gint64 records = 0;
    const GOptionEntry entries[] = {{"records", 0, 0, G_OPTION_ARG_INT64, &records, "How many records to write", "N"},
                                    {"master-key-file", 0, 0, G_OPTION_ARG_FILENAME, &master, "The master key", "FILE"},
                                    G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    return run_on(name, "debug populate", left[0], master, json_pack("{s:I}", "records", (json_int_t)records));
}

static int identity_export(const char *name, int argc, char **argv)
{
    g_autofree char *to = NULL, *master = NULL;
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &to, "The file to write, for a safe place off this machine", "FILE"},
        {"master-key-file", 0, 0, G_OPTION_ARG_FILENAME, &master, "The master key", "FILE"},
        G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    g_autoptr(GError) error = NULL;
    if (!to)
        error_set(&error, COMITY_ERROR_USAGE, "", "", "Say where to: -o FILE.");
    char *passphrase = error ? NULL : passphrase_ask_twice(&error);
    if (!passphrase)
        return cli_fail(name, error);
    g_autofree char *absolute = g_canonicalize_filename(to, NULL);
    json_t *arguments = json_pack("{s:s, s:s}", "passphrase", passphrase, "output", absolute);
    wipe(passphrase);
    return run_on(name, "identity export", left[0], master, arguments);
}

static int identity_import(const char *name, int argc, char **argv)
{
    g_autofree char *from = NULL, *master = NULL;
    const GOptionEntry entries[] = {
        {"input", 'i', 0, G_OPTION_ARG_FILENAME, &from, "The file that `identity export` wrote", "FILE"},
        {"master-key-file", 0, 0, G_OPTION_ARG_FILENAME, &master, "The master key", "FILE"},
        G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    g_autoptr(GError) error = NULL;
    if (!from)
        error_set(&error, COMITY_ERROR_USAGE, "", "", "Say where from: -i FILE.");
    char *passphrase = error ? NULL : passphrase_ask("Passphrase of the exported key: ", &error);
    if (!passphrase)
        return cli_fail(name, error);
    g_autofree char *absolute = g_canonicalize_filename(from, NULL);
    json_t *arguments = json_pack("{s:s, s:s}", "passphrase", passphrase, "input", absolute);
    wipe(passphrase);
    return run_on(name, "identity import", left[0], master, arguments);
}

const CliCommand cli_node_commands[] = {
    {"init", "DIR --name NODE --country CC --origin URL", "Make a node",
     "The name stands in every record for ever and is not derived from the URL. Without --master-key-file the key is "
     "written to\n"
     "DIR.key (0400), beside the data directory, never in it. A real node needs a DNS name and TLS before anybody "
     "enrols:\n"
     "passkeys refuse IP addresses.",
     init},
    {"serve", "DIR", "Serve a node until it is told to stop", NULL, serve},
    {"invite", "DIR --name NAME", "Print a one-time link by which a person enrols a passkey (72 hours)", NULL, invite},
    {"token create", "DIR --person NAME --scope SCOPE", "Print a token for a machine client; it is shown once", NULL,
     token_create},
    {"card", "DIR", "Print the node's card: what others need to trust its packages", NULL, plain},
    {"identity export", "DIR -o FILE", "Take the identity key off this machine, under a passphrase", NULL,
     identity_export},
    {"identity import", "DIR -i FILE", "Bring the identity key back, for a new card", NULL, identity_import},
    {"doctor", "DIR", "Look for what is set up wrongly, and say what to do", NULL, plain},
    {"audit", "DIR", "Verify every record, blob and row again; exit 1 if anything is damaged", NULL, plain},
    {"rebuild", "DIR", "Make all rows anew from the records (the node must not be served)", NULL, plain},
    {"debug digest", "DIR", "Print the digest of all rows: the same after a rebuild", NULL, plain},
    {"debug populate", "DIR --records N", "Fill a test node with N records", NULL, populate},
    {NULL, NULL, NULL, NULL, NULL},
};
