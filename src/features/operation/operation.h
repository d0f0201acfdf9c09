/* features/operation/operation.h: running the node: its state, keys, audit; the same as commands. */
#pragma once
#include "node/feature.h"

extern const Feature operation_feature;

/* Where a command's words go: app/command.h hands this in, so that this floor knows no terminal. */
typedef struct {
    void (*line)(gpointer data, const char *text); /* standard output */
    void (*note)(gpointer data, const char *text); /* standard error */
    gpointer data;
} OperationOutput;

/* Commands on an open node. Each returns the exit code 0 or 1, or -1 with an error. @arguments: {"json": bool, ...}. */
typedef int (*OperationCommand)(Node *node, const json_t *arguments, const OperationOutput *output, GError **error);
int operation_card(Node *node, const json_t *arguments, const OperationOutput *output, GError **error);
int operation_identity_export(Node *node, const json_t *arguments, const OperationOutput *output, GError **error);
int operation_identity_import(Node *node, const json_t *arguments, const OperationOutput *output, GError **error);
int operation_doctor(Node *node, const json_t *arguments, const OperationOutput *output, GError **error);
int operation_audit(Node *node, const json_t *arguments, const OperationOutput *output, GError **error);
int operation_rebuild(Node *node, const json_t *arguments, const OperationOutput *output, GError **error);
int operation_digest(Node *node, const json_t *arguments, const OperationOutput *output, GError **error);
int operation_populate(Node *node, const json_t *arguments, const OperationOutput *output, GError **error);
