#include "node/node_jobs.h"
#include "node/anchors.h"
#include "node/sweep.h"
#include "node/upload_pipe.h"

static gboolean run_expire(Node *node, Job *job, GError **error)
{
    (void)job;
    return node_expire(node, error);
}

static gboolean run_sweep(Node *node, Job *job, GError **error)
{
    (void)job;
    return node_sweep(node, error);
}

static gboolean run_anchor(Node *node, Job *job, GError **error)
{
    (void)job;
    return node_anchor_if_due(node, error);
}

/* Pipes of uploads whose clients went away. */
static gboolean run_trim(Node *node, Job *job, GError **error)
{
    (void)job;
    (void)error;
    uploads_trim(node->uploads);
    return TRUE;
}

const FeatureJob node_jobs[] = {
    {.name = "node.anchor", .run = run_anchor, .every_s = 600},
    {.name = "node.trim", .run = run_trim, .every_s = 60},
    {.name = "node.expire", .run = run_expire, .every_s = 600},
    {.name = "node.sweep", .run = run_sweep, .every_s = 24 * 3600},
};
const gsize node_job_count = G_N_ELEMENTS(node_jobs);
