#include "features/activity/activity.h"
#include "features/activity/private.h"

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/api/v1/spaces/{space}/records", .handler = records_list},
    {.method = "GET", .path = "/api/v1/spaces/{space}/records/{leaf}", .handler = records_get},
    {.method = NULL},
};

const Feature activity_feature = {.name = "activity", .routes = routes};
