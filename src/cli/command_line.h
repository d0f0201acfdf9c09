/* cli/command_line.h: how every command of `comity` reads its arguments and speaks.
 *   L1  Standard output carries what a program may read: ids one a line, or JSON. Words and progress go to standard error.
 *   L2  Exit codes: 0 done, 1 failed, 2 usage. `verify` has its own (see its --help).
 *   L3  A command is a row in a table: name, arguments, summary, function. Help comes from the table and from GOption. */
#pragma once
#include "app/command.h"
#include <glib.h>

typedef struct {
    const char *name;      /* "case create" */
    const char *arguments; /* "TITLE" */
    const char *summary;   /* one line for `comity --help` */
    const char *more;      /* paragraphs for `comity NAME --help`; may be NULL */
    int (*run)(const char *name, int argc, char **argv);
} CliCommand;

/* The groups, each ended by a NULL name. */
extern const CliCommand cli_node_commands[];
extern const CliCommand cli_client_commands[];
extern const CliCommand cli_file_commands[];

const CliCommand *cli_find(int argc, char **argv, int *words); /* longest match of the first words; NULL */

/* Parses @entries out of argv; what is left are positional arguments: at least @least, at most @most (-1: any). NULL after
 * having said why on standard error: then exit with 2. --help prints and exits 0. New string array. */
char **cli_parse(const char *name, int argc, char **argv, const GOptionEntry *entries, int least, int most);
/* Says @error on standard error as "comity NAME: message" and gives the exit code (2 for COMITY_ERROR_USAGE, else 1). */
int cli_fail(const char *name, GError *error);
/* Standard output and error as a CommandOutput. */
extern const CommandOutput cli_output;

/* A progress line on standard error, redrawn in place on a terminal, at most 10 times a second. */
typedef struct {
    const char *what; /* "taking in “a.bin”" */
    gint64 shown_us;  /* monotonic time of the last redraw; 0: no line stands */
} CliProgress;
void cli_progress(CliProgress *self, guint64 done, guint64 total); /* @total 0: unknown */
void cli_progress_end(CliProgress *self);
