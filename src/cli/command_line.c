#include "cli/command_line.h"
#include "base/error.h"
#include "base/text.h"
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

static const CliCommand *const groups[] = {cli_node_commands, cli_client_commands, cli_file_commands};

const CliCommand *cli_find(int argc, char **argv, int *words)
{
    for (int count = MIN(argc, 2); count > 0; count--) {
        g_autofree char *name = count == 2 ? g_strconcat(argv[0], " ", argv[1], NULL) : g_strdup(argv[0]);
        for (gsize g = 0; g < G_N_ELEMENTS(groups); g++) {
            for (const CliCommand *command = groups[g]; command->name; command++) {
                if (g_str_equal(command->name, name)) {
                    *words = count;
                    return command;
                }
            }
        }
    }
    return NULL;
}

static void describe(GOptionContext *context, const char *name)
{
    for (gsize g = 0; g < G_N_ELEMENTS(groups); g++) {
        for (const CliCommand *command = groups[g]; command->name; command++) {
            if (!g_str_equal(command->name, name))
                continue;
            g_option_context_set_summary(context, command->summary);
            if (command->more)
                g_option_context_set_description(context, command->more);
        }
    }
}

static const char *arguments_of(const char *name)
{
    for (gsize g = 0; g < G_N_ELEMENTS(groups); g++) {
        for (const CliCommand *command = groups[g]; command->name; command++) {
            if (g_str_equal(command->name, name))
                return command->arguments;
        }
    }
    return "";
}

char **cli_parse(const char *name, int argc, char **argv, const GOptionEntry *entries, int least, int most)
{
    g_autofree char *program = g_strconcat("comity ", name, NULL);
    g_set_prgname(program);
    g_autoptr(GOptionContext) context = g_option_context_new(arguments_of(name));
    describe(context, name);
    if (entries)
        g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) left = g_new0(char *, (gsize)argc + 2);
    left[0] = g_strdup(program);
    for (int n = 0; n < argc; n++)
        left[n + 1] = g_strdup(argv[n]);
    if (!g_option_context_parse_strv(context, &left, &error)) {
        fprintf(stderr, "%s: %s\nTry “%s --help”.\n", program, error->message, program);
        return NULL;
    }
    guint from = left[0] && g_strcmp0(left[0], program) == 0 ? 1 : 0;
    if (left[from] && g_str_equal(left[from], "--"))
        from++;
    int count = (int)g_strv_length(left + from);
    if (count < least || (most >= 0 && count > most)) {
        fprintf(stderr, "%s: expected %s\nTry “%s --help”.\n", program, arguments_of(name), program);
        return NULL;
    }
    return g_strdupv(left + from);
}

int cli_fail(const char *name, GError *error)
{
    g_autofree char *why = text_printable(error->message, "\n"); /* it may repeat what a server or a file said */
    fprintf(stderr, "comity %s: %s\n", name, why);
    return g_error_matches(error, COMITY_ERROR, COMITY_ERROR_USAGE) ? 2 : 1;
}

static void print_line(gpointer data, const char *text)
{
    (void)data;
    fprintf(stdout, "%s\n", text);
    fflush(stdout);
}
static void print_note(gpointer data, const char *text)
{
    (void)data;
    fprintf(stderr, "%s\n", text);
}
const CommandOutput cli_output = {.line = print_line, .note = print_note, .data = NULL};

void cli_progress(CliProgress *self, guint64 done, guint64 total)
{
    gint64 now = g_get_monotonic_time();
    if (!isatty(STDERR_FILENO) || (self->shown_us && now - self->shown_us < G_USEC_PER_SEC / 10))
        return;
    self->shown_us = now;
    if (total > 0)
        fprintf(stderr, "\r\033[K%s %" G_GUINT64_FORMAT " %%", self->what,
                (guint64)((double)done * 100.0 / (double)total));
    else
        fprintf(stderr, "\r\033[K%s %" G_GUINT64_FORMAT, self->what, done);
    fflush(stderr);
}

void cli_progress_end(CliProgress *self)
{
    if (self->shown_us)
        fputs("\r\033[K", stderr);
    self->shown_us = 0;
}
