/* node/job.h: work that takes longer than a request: exporting, auditing, re-reading an exhibit.
 *
 * Idea: a job is a row in a local table and a function of a feature, run by one of two threads. Its progress is kept in
 * memory; its result with the row.
 *   J1  A job that was waiting when the process ended runs at the next start. One that was running is failed ("job.
 *       interrupted"), or, where its FeatureJob says `again`, runs anew.
 *   J2  A job owned by a person is shown to that person alone.
 *   J3  A periodic run (every_s) has no row, no owner and no arguments; its failure is a line in the log.
 *   J4  A job that is over never shows as running: where its row can't be written, it is told as failed from memory,
 *       until the next start settles it (J1).
 * Finished rows are kept for 30 days. */
#pragma once
#include "node/tx.h"

struct Job;
/* Starts the job @name (a FeatureJob of any feature) with @arguments. @id: out, new. @owner: person or NULL. */
gboolean job_start(Node *node, const char *name, const char *owner, const json_t *arguments, char **id,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same inside a transaction: it begins when that is durable. */
gboolean tx_start_job(Tx *tx, const char *name, const char *owner, const json_t *arguments, char **id,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
const json_t *job_arguments(const Job *job);
/* The read connection of the thread that runs it. */
Db *job_reader(const Job *job);
/* Progress for whoever watches; cheap, may be called often. */
void job_progress(Job *job, guint64 done, guint64 total);
/* The result, kept with the row; the job takes a reference of its own. */
void job_set_result(Job *job, json_t *result);
/* The node is closing: a job that sees this returns FALSE with COMITY_ERROR_CANCELLED. */
gboolean job_is_cancelled(const Job *job);
/* {id,name,state:waiting|running|done|failed,progress:{done,total},result,code,detail,created,finished} or NULL with
 * COMITY_ERROR_NOT_FOUND. @owner: who asks. New. */
json_t *job_describe(Node *node, Db *db, const char *id, const char *owner, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For a handler: starts the job @name for @owner and answers 202 with it as it begins, and where to ask for it. */
gboolean job_answer(HttpRequest *request, HttpResponse *response, const char *name, const char *owner,
                    const json_t *arguments, GError **error) G_GNUC_WARN_UNUSED_RESULT;
