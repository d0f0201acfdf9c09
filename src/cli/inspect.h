/* cli/inspect.h: tells what kind of file of ours a file is, and its fields; judges nothing (that is `verify`). */
#pragma once
#include "base/json.h"

/* {"kind": card | checkpoint | tlog-proof | header | act | confirmation | package | zip | unknown, ...fields}. New. */
json_t *inspect_file(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same a line a field, nested ones indented. New string. */
char *inspect_text(const json_t *found);
