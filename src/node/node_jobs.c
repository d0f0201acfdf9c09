#include "node/node_jobs.h"
#include "node/sweep.h"

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

const FeatureJob node_jobs[] = {
    {.name = "node.expire", .run = run_expire, .every_s = 600},
    {.name = "node.sweep", .run = run_sweep, .every_s = 24 * 3600},
};
const gsize node_job_count = G_N_ELEMENTS(node_jobs);
