/* node/audit.h: verifies everything that the node holds, again: `comity audit`, the audit of the node's page, and the
 * judge of every fault test.
 *   A1  It looks, and changes nothing: what it finds is told with what mends it.
 *   A2  It runs beside a node at work; what is written meanwhile is seen up to one moment. */
#pragma once
#include "node/node.h"

/* Told how far it is, in steps of no fixed size; may be NULL. FALSE ends the audit with COMITY_ERROR_CANCELLED. */
typedef gboolean (*AuditProgress)(gpointer data, guint64 done, guint64 total);

typedef struct {
    char *code;     /* "blob.missing", "record.leaf", ... */
    char *where;    /* lane, feed, blob or table; never a name or content */
    char *sentence; /* what is wrong */
    char *mend;     /* what mends it */
} AuditDamage;

typedef struct {
    gint64 started_ms, finished_ms;
    guint64 feeds, records, blobs, bytes, anchors;
    GPtrArray *damages; /* of AuditDamage */
} AuditReport;
AuditReport *audit_report_new(void); /* of nothing yet */
void audit_report_free(AuditReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditReport, audit_report_free)

/* @report: out, new, also where there are damages. FALSE: could not look. Stored as the node's last audit. */
gboolean node_audit(Node *self, AuditProgress progress, gpointer data, AuditReport **report,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {"started","finished","clean","feeds","records","blobs","bytes","anchors","damages":[{code,where,sentence,mend}]} */
json_t *audit_report_json(const AuditReport *self);
/* The last stored one in the same form, or null. New reference. */
json_t *audit_last(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
