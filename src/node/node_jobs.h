/* node/node_jobs.h: the jobs of the node itself, beside those of features. */
#pragma once
#include "node/feature.h"

extern const FeatureJob node_jobs[];
extern const gsize node_job_count;
