/* features/operation/private.h: what the files of this folder share. */
#pragma once
#include "features/operation/operation.h"
#include "node/principal.h"

/* status.c: the NodeStatus object; what is set up wrongly: [{code, severity, detail}]. New references. */
json_t *status_json(Node *node, Db *db, const Principal *principal, GError **error);
json_t *doctor_findings(Node *node, Db *db, GError **error);

/* notices.c: puts or settles what an administrator has to know of the installation; the same as an hourly job. */
#define STORAGE_LOW_BYTES ((guint64)1024 * 1024 * 1024)
gboolean notices_renew(Node *node, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean notices_run(Node *node, Job *job, GError **error);

/* restoration.c: the act, and POST /node/restoration: an administrator confirms that the node goes on without what was lost. */
extern const ActType restoration_acts[];
extern const gsize restoration_act_count;
gboolean restoration_confirm(HttpRequest *request, HttpResponse *response, GError **error);

/* audit.c: the job behind POST /node/audit. */
gboolean audit_run(Node *node, Job *job, GError **error);

/* identity.c: the identity key under @passphrase; it is then deleted here. New string. */
char *identity_take_off(Node *node, const char *passphrase, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* routes.c */
extern const HttpRoute operation_routes[];
