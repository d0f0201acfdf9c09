/* features/cases/cases.h: what other features may ask of a case. */
#pragma once
#include "node/feature.h"

extern const Feature cases_feature;

/* COMITY_ERROR_CONFLICT (case.closed) unless the case of @space is open: nothing but reading, exporting and reopening
 * goes on in a closed one. */
gboolean case_require_open(Db *db, const char *space, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The case's own number and title; new strings. FALSE where there is none. */
gboolean case_names(Db *db, const char *space, char **reference, char **title,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
