#include "features/operation/private.h"

static const char *const needs[] = {"people", NULL};
static const FeatureJob jobs[] = {{.name = "node.audit", .run = audit_run},
                                  {.name = "operation.notices", .run = notices_run, .every_s = 60 * 60}};

const Feature operation_feature = {
    .name = "operation",
    .needs = needs,
    .acts = restoration_acts,
    .act_count = &restoration_act_count,
    .routes = operation_routes,
    .jobs = jobs,
    .job_count = G_N_ELEMENTS(jobs),
    .start = notices_renew,
};
