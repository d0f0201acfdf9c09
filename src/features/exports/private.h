/* features/exports/private.h: what the files of this folder share. */
#pragma once
#include "features/exports/exports.h"
#include "node/confirm.h"
#include "node/job.h"
#include "node/tx.h"
#include "store/blob_pipe.h"

#define EXPORT_DAYS_MS ((gint64)7 * 24 * 3600 * 1000)
#define EXPORT_JOB "exports.write"

extern const char exports_tables_sql[]; /* tables.sql */

/* project.c */
gboolean export_project(Db *db, const EntityPlace *place, const Entity *entity, GError **error);
gboolean export_timeline(Node *node, Db *db, const char *space, const char *subject, json_t *steps, GError **error);

/* file.c: the package on its way and at rest, encrypted like evidence (it holds the same). Rows of export_file.
 *   F1  The row appears with the export's record; a file that is not whole when the process ends is begun again. */
gboolean tx_export_file_new(Tx *tx, const char *export, const char *space, const char *owner, const char *job,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean export_files_start(Node *node, GError **error);
void export_files_stop(Node *node);
gboolean export_write(Node *node, Job *job, GError **error);  /* FeatureJob.run */
gboolean export_expire(Node *node, Job *job, GError **error); /* FeatureJob.run */
/* The finished package. COMITY_ERROR_CONFLICT where it is not ready, _GONE where it has expired or was removed. */
BlobReader *export_file_open(Node *node, Db *db, const char *export, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean export_file_remove(Node *node, const char *export, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* read.c */
json_t *export_json(Node *node, Db *db, const char *space, const char *id, GError **error);
gboolean exports_list(HttpRequest *request, HttpResponse *response, GError **error);
gboolean exports_get(HttpRequest *request, HttpResponse *response, GError **error);
gboolean exports_file(HttpRequest *request, HttpResponse *response, GError **error);
gboolean exports_delete(HttpRequest *request, HttpResponse *response, GError **error);

/* write.c */
gboolean exports_post(HttpRequest *request, HttpResponse *response, GError **error);
