/* features/today/today.h: what needs a person now, for the list of features. */
#pragma once
#include "node/feature.h"

extern const Feature today_feature;
