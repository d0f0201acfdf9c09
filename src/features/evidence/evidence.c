#include "features/evidence/evidence.h"
#include "features/evidence/acts.h"
#include "features/evidence/private.h"

static const char *const needs[] = {"cases", NULL};
static const char *const kinds[] = {"exhibit", "reading", NULL};
static const char *const tables[] = {"exhibit", "exhibit_file", "exhibit_step", "exhibit_change", "reading", NULL};

#define EXHIBITS "/api/v1/spaces/{space}/evidence"
static const HttpRoute routes[] = {
    {.method = "GET", .path = EXHIBITS, .handler = exhibits_list},
    {.method = "POST", .path = EXHIBITS, .handler = exhibits_post},
    {.method = "GET", .path = EXHIBITS "/{exhibit}", .handler = exhibits_get},
    {.method = "PATCH", .path = EXHIBITS "/{exhibit}", .handler = exhibits_patch},
    {.method = "POST", .path = EXHIBITS "/{exhibit}/files", .handler = exhibits_files},
    {.method = "POST", .path = EXHIBITS "/{exhibit}/seal", .handler = exhibits_seal},
    {.method = "POST", .path = EXHIBITS "/{exhibit}/readings", .handler = readings_post},
    {.method = "GET", .path = EXHIBITS "/{exhibit}/proof", .handler = exhibits_proof},
    {.method = "POST", .path = EXHIBITS "/{exhibit}/check", .handler = exhibits_check},
    {.method = "GET", .path = "/api/v1/uploads", .handler = uploads_list},
    {.method = "GET", .path = "/api/v1/uploads/{upload}", .handler = uploads_get},
    {.method = "GET", .path = "/api/v1/tickets/{ticket}/files/{n}", .handler = ticket_file, .flags = HTTP_ROUTE_PUBLIC},
    {.method = NULL},
};

static const FeatureCount counts[] = {{"exhibits", "SELECT count(*) FROM exhibit WHERE space = :space"}, {NULL, NULL}};
static const FeatureJob jobs[] = {{.name = "evidence.check", .run = check_run}};

const Feature evidence_feature = {
    .name = "evidence",
    .needs = needs,
    .acts = evidence_acts,
    .act_count = &evidence_act_count,
    .kinds = kinds,
    .tables_sql = evidence_tables_sql,
    .tables = tables,
    .tables_version = 2,
    .takes_uploads = "exhibit.added/1",
    .project = evidence_project,
    .routes = routes,
    .counts = counts,
    .describe = exhibit_describe,
    .jobs = jobs,
    .job_count = G_N_ELEMENTS(jobs),
    .start = evidence_start,
    .stop = evidence_stop,
};
