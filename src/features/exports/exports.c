#include "features/exports/exports.h"
#include "features/exports/acts.h"
#include "features/exports/private.h"

static const char *const needs[] = {"cases", "evidence", NULL};
static const char *const kinds[] = {"export", NULL};
static const char *const tables[] = {"export", "export_exhibit", NULL};

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/api/v1/spaces/{space}/exports", .handler = exports_list},
    {.method = "POST", .path = "/api/v1/spaces/{space}/exports", .handler = exports_post},
    {.method = "GET", .path = "/api/v1/exports/{export}", .handler = exports_get},
    {.method = "DELETE", .path = "/api/v1/exports/{export}", .handler = exports_delete},
    {.method = "GET", .path = "/api/v1/exports/{export}/file", .handler = exports_file},
    {.method = NULL},
};

static const FeatureJob jobs[] = {{.name = EXPORT_JOB, .run = export_write, .again = TRUE},
                                  {.name = "exports.expire", .run = export_expire, .every_s = 3600}};

const Feature exports_feature = {
    .name = "exports",
    .needs = needs,
    .acts = export_acts,
    .act_count = &export_act_count,
    .kinds = kinds,
    .tables_sql = exports_tables_sql,
    .tables = tables,
    .tables_version = 1,
    .project = export_project,
    .routes = routes,
    .timeline = export_timeline,
    .jobs = jobs,
    .job_count = G_N_ELEMENTS(jobs),
    .start = export_files_start,
    .stop = export_files_stop,
};
