/* features/operation/private.h: what the files of this folder share. */
#pragma once
#include "features/operation/operation.h"
#include "node/principal.h"

/* status.c: the NodeStatus object; what is set up wrongly: [{code, severity, detail}]. New references. */
json_t *status_json(Node *node, Db *db, const Principal *principal, GError **error);
json_t *doctor_findings(Node *node, Db *db, GError **error);

/* identity.c: the identity key under @passphrase; it is then deleted here. New string. */
char *identity_take_off(Node *node, const char *passphrase, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* routes.c */
extern const HttpRoute operation_routes[];
