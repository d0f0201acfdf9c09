/* node/acts.h: the act types of the node's own lane that no feature owns, and the projection of spaces and persons. */
#pragma once
#include "node/feature.h"

/* Its tables (tables.sql), kinds and `project`; it comes ahead of every feature. */
extern const Feature node_feature;
extern const char node_tables_sql[];
