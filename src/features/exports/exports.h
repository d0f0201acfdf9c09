/* features/exports/exports.h: packages, for the list of features. */
#pragma once
#include "node/feature.h"

extern const Feature exports_feature;
