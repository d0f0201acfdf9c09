#include "features/cases/cases.h"
#include "features/cases/acts.h"
#include "features/cases/private.h"

static const char *const kinds[] = {"case", NULL};
static const char *const tables[] = {"case_cover", "case_member", NULL};

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/api/v1/cases", .handler = cases_list},
    {.method = "POST", .path = "/api/v1/cases", .handler = cases_post},
    {.method = "GET", .path = "/api/v1/cases/{space}", .handler = cases_get},
    {.method = "PATCH", .path = "/api/v1/cases/{space}", .handler = cases_patch},
    {.method = "POST", .path = "/api/v1/cases/{space}/close", .handler = cases_close},
    {.method = "POST", .path = "/api/v1/cases/{space}/reopen", .handler = cases_reopen},
    {.method = "GET", .path = "/api/v1/cases/{space}/members", .handler = members_list},
    {.method = "POST", .path = "/api/v1/cases/{space}/members", .handler = members_post},
    {.method = "DELETE", .path = "/api/v1/cases/{space}/members/{person}", .handler = members_delete},
    {.method = NULL},
};

const Feature cases_feature = {
    .name = "cases",
    .acts = case_acts,
    .act_count = &case_act_count,
    .kinds = kinds,
    .tables_sql = cases_tables_sql,
    .tables = tables,
    .tables_version = 1,
    .project = case_project,
    .routes = routes,
    .describe = case_describe,
};
