/* features/operation/audit.c: verifying everything again, as a job that the administrator's page watches. */
#include "node/audit.h"
#include "features/operation/private.h"
#include "node/job.h"

static gboolean show(gpointer data, guint64 done, guint64 total)
{
    job_progress(data, done, total);
    return !job_is_cancelled(data);
}

/* AuditResult: what was looked at, and each damage in words with what mends it. */
static json_t *result_json(const AuditReport *report)
{
    gboolean projections = TRUE;
    json_t *findings = json_array();
    for (guint n = 0; n < report->damages->len; n++) {
        const AuditDamage *damage = g_ptr_array_index(report->damages, n);
        projections &= !g_str_has_prefix(damage->code, "rows.");
        json_array_append_new(findings, json_pack("{s:s, s:s, s:o}", "code", damage->code, "where", damage->where,
                                                  "detail", json_sprintf("%s %s", damage->sentence, damage->mend)));
    }
    return json_pack("{s:b, s:I, s:I, s:I, s:I, s:b, s:o}", "ok", report->damages->len == 0, "feeds",
                     (json_int_t)report->feeds, "records", (json_int_t)report->records, "blobs",
                     (json_int_t)report->blobs, "bytes", (json_int_t)report->bytes, "projections", projections,
                     "findings", findings);
}

gboolean audit_run(Node *node, Job *job, GError **error)
{
    g_autoptr(AuditReport) report = NULL;
    if (!node_audit(node, show, job, &report, error) || !notices_renew(node, error))
        return FALSE;
    g_autoptr(json_t) result = result_json(report);
    job_set_result(job, result);
    return TRUE;
}
