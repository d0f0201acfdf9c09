/* node/digest.h: one hash over the rows of a projection table (rebuild.h B1). */
#pragma once
#include "crypto/digest.h"
#include "node/feature.h"

/* Over every row of @table of @feature, in an order of its own. */
gboolean digest_of_table(Db *db, const Feature *feature, const char *table, Hash *digest,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
