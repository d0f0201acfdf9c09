/* features/evidence/evidence.h: exhibits, for the list of features and for those that need them. */
#pragma once
#include "node/feature.h"

extern const Feature evidence_feature;

/* "A-0017" and the title of the exhibit @subject of @space; new strings. FALSE where there is none. */
gboolean exhibit_names(Db *db, const char *space, const char *subject, char **number, char **title,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
