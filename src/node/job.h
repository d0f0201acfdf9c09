/* node/job.h: work that takes longer than a request: exporting, auditing, re-reading an exhibit. Rows in local tables;
 * a job that was running when the process died is marked failed ("interrupted") or, if it says so, run again at start. */
#pragma once
#include "node/node.h"

struct Job;
/* Starts the job @name (a FeatureJob of any feature) with @arguments. @id: out, new. @owner: person or NULL. */
gboolean job_start(Node *node, const char *name, const char *owner, const json_t *arguments, char **id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *job_id(const Job *job);
const json_t *job_arguments(const Job *job);
/* Progress for whoever watches; cheap, may be called often. */
void job_progress(Job *job, guint64 done, guint64 total);
/* The result, kept with the row. */
void job_set_result(Job *job, json_t *result);
gboolean job_is_cancelled(const Job *job);
/* {id,name,state:waiting|running|done|failed,progress:{done,total},result,detail,created,finished} or NULL. New. */
json_t *job_describe(Node *node, Db *db, const char *id, const char *owner, GError **error) G_GNUC_WARN_UNUSED_RESULT;
