/* features/today/private.h: what the files of this folder share. */
#pragma once
#include "features/today/today.h"
#include "node/principal.h"

#define TODAY_SOON_MS ((gint64)24 * 3600 * 1000)
#define TODAY_WEEK_MS ((gint64)7 * 24 * 3600 * 1000)

typedef struct {
    Node *node;
    Db *db;
    const Principal *principal;
    gint64 now_ms;
    json_t *items, *week, *waiting; /* of TodayItem */
} Today;

/* items.c. @values is taken. */
json_t *today_item(const char *code, const char *severity, gint64 when_ms, json_t *values, const char *label,
                   const char *href, gboolean urgent);
gboolean today_collect_work(const Today *today, GError **error);
