/* cli/file_commands.c: what needs a file and no node: verifying a package, looking into a file. */
#include "app/app.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/command_line.h"
#include "cli/inspect.h"
#include "ledger/package_verify.h"
#include <stdio.h>

#define CARD_LIMIT (256 * 1024)

static GPtrArray *read_cards(char **paths, GError **error)
{
    g_autoptr(GPtrArray) cards = g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
    for (; paths && *paths; paths++) {
        g_autoptr(GBytes) bytes = file_read(*paths, CARD_LIMIT, error);
        gsize length = 0;
        const char *note = bytes ? g_bytes_get_data(bytes, &length) : NULL;
        Card *card = note ? card_parse(note, length, error) : NULL;
        if (!card) {
            error_prefix(error, "reading the card “%s”", *paths);
            return NULL;
        }
        g_ptr_array_add(cards, card);
    }
    return g_steal_pointer(&cards);
}

static gboolean show_verify(gpointer data, guint64 done, guint64 total)
{
    cli_progress(data, done, total);
    return TRUE;
}

/* "--trust A B C": GOption takes one value an option, so the cards that follow it are moved before it is parsed. */
static GPtrArray *take_trust(int *argc, char **argv)
{
    GPtrArray *paths = g_ptr_array_new();
    int kept = 0;
    gboolean taking = FALSE;
    for (int n = 0; n < *argc; n++) {
        if (g_str_equal(argv[n], "--trust")) {
            taking = TRUE;
        } else if (g_str_has_prefix(argv[n], "--trust=")) {
            g_ptr_array_add(paths, argv[n] + strlen("--trust="));
        } else if (taking && argv[n][0] != '-') {
            g_ptr_array_add(paths, argv[n]);
        } else {
            taking = FALSE;
            argv[kept++] = argv[n];
        }
    }
    *argc = kept;
    return paths;
}

/* Where "--trust CARD... FILE" leaves no file, the last of what follows is the package. */
static char *package_path(char **left, GPtrArray *trust)
{
    if (left[0])
        return g_strdup(left[0]);
    if (trust->len < 2)
        return NULL;
    return g_strdup(g_ptr_array_steal_index(trust, trust->len - 1));
}

/* SHA-256 of the verify.html that this program brings, hex; "" where it brings none. New. */
static char *own_verifier(void)
{
    g_autoptr(GBytes) page = app_verify_html();
    return page ? g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, page) : g_strdup("");
}

static void print_report(const PackageReport *report, const char *path, gboolean json)
{
    g_autofree char *own = own_verifier();
    if (json) {
        g_autoptr(json_t) value = package_report_json(report, path);
        json_object_set_new(value, "verify_html_here", json_string(own));
        g_autofree char *text = json_compact(value, NULL);
        cli_output.line(NULL, text);
        return;
    }
    g_autofree char *text = package_report_text(report, path);
    g_autofree char *shown = text_printable(text, "\n"); /* names in it are the package's */
    fputs(shown, stdout);
    if (own[0])
        printf("The verify.html of this version:  %s\n", own);
}

static int verify_file(const char *path, GPtrArray *trust, gboolean json, GError **error)
{
    g_ptr_array_add(trust, NULL);
    g_autoptr(GPtrArray) cards = read_cards((char **)trust->pdata, error);
    if (!cards)
        return -1;
    g_autoptr(ActTypes) types = app_act_types();
    g_autofree char *what = g_strdup_printf("Checking “%s”", path);
    CliProgress progress = {.what = what};
    PackageVerifyOptions options = {.trust = cards, .types = types, .progress = show_verify, .data = &progress};
    g_autoptr(PackageReport) report = NULL;
    gboolean read = package_verify_path(path, &options, &report, error);
    cli_progress_end(&progress);
    if (!read)
        return -1;
    print_report(report, path, json);
    return package_report_exit(report);
}

static int verify(const char *name, int argc, char **argv)
{
    g_autoptr(GPtrArray) trust = take_trust(&argc, argv);
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        {"trust", 0, 0, G_OPTION_ARG_FILENAME, &(char *){NULL}, "Cards of the nodes that you trust", "CARD..."},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL},
        G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 0, 1);
    if (!left)
        return 2;
    g_autofree char *path = package_path(left, trust);
    g_autoptr(GError) error = NULL;
    if (!path)
        error_set(&error, COMITY_ERROR_USAGE, "", "", "Name the package: comity verify FILE.zip [--trust CARD...].");
    int code = error ? -1 : verify_file(path, trust, json, &error);
    if (code >= 0)
        return code;
    cli_fail(name, error);
    return 2; /* nothing was judged */
}

static int inspect(const char *name, int argc, char **argv)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {{"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL}, G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) found = inspect_file(left[0], &error);
    if (!found)
        return cli_fail(name, error);
    g_autofree char *text = json ? json_compact(found, NULL) : inspect_text(found);
    fputs(text, stdout);
    if (json)
        fputc('\n', stdout);
    return 0;
}

const CliCommand cli_file_commands[] = {
    {"verify", "FILE.zip [--trust CARD...]", "Check a package offline, trusting no server",
     "Exit codes: 0 intact, and from a node whose card you trust; 3 intact, and no --trust was given; 4 intact, but "
     "from none of\n"
     "the trusted nodes; 1 damaged, or no package; 2 usage, or the file cannot be read.",
     verify},
    {"inspect", "FILE", "Show what a card, checkpoint, proof, record, blob or package holds, field by field", NULL,
     inspect},
    {NULL, NULL, NULL, NULL, NULL},
};
