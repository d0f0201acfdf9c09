#include "features/operation/private.h"

static const char *const needs[] = {"people", NULL};

const Feature operation_feature = {.name = "operation", .needs = needs, .routes = operation_routes};
