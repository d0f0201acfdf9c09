/* features/activity/activity.h: what happened in a space, record by record; for those who show a part of it. */
#pragma once
#include "node/feature.h"

extern const Feature activity_feature;

/* The newest @most records of @lane written after @since_ms, as Record objects, the newest first; only those that @want
 * (NULL: all) accepts by type name. New reference. */
json_t *activity_newest(Node *node, Db *db, const char *space, const char *lane, gint64 since_ms, guint most,
                        gboolean (*want)(const char *type), GError **error) G_GNUC_WARN_UNUSED_RESULT;
