/* app/command.h: what `comity COMMAND DIR` does to a node, whoever carries it out.
 *
 * Idea: a command takes the data directory's lock and opens the node; where `comity serve` holds the lock, that process
 * carries the same function out and sends its output back through DIR/control.sock. So a command is a function of an
 * open node, its arguments as JSON, and an output; it knows no terminal.
 *   C1  What a command creates goes to `line`, one id a line; words and progress go to `note`.
 *   C2  A command that must have the node alone (rebuild) says so in the table and is refused while it is served. */
#pragma once
#include "features/operation/operation.h"
#include "node/node.h"

typedef OperationOutput CommandOutput;

void command_line(const CommandOutput *output, const char *format, ...) G_GNUC_PRINTF(2, 3);
void command_note(const CommandOutput *output, const char *format, ...) G_GNUC_PRINTF(2, 3);

typedef struct {
    const char *name;
    OperationCommand run;
    gboolean alone; /* C2 */
} Command;

const Command *command_find(const char *name); /* NULL: none */

/* Carries @name out on the node in @dir (C1): here, or in the process that serves it. @options: how to open it. The exit
 * code, or -1 with an error. */
int command_run(const NodeOptions *options, const char *name, const json_t *arguments, const CommandOutput *output,
                GError **error) G_GNUC_WARN_UNUSED_RESULT;
