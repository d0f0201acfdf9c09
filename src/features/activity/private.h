/* features/activity/private.h: what the files of this folder share. */
#pragma once
#include "features/activity/activity.h"
#include "ledger/lane_store.h"
#include "node/principal.h"
#include "store/lane_sql.h"

/* walk.c: the records of a lane in falling canonical order, read in blocks from each line: a page costs its own length,
 * wherever it begins. */
typedef struct Walk Walk;

/* A record with whose it is. Borrowed until the next step. */
typedef struct {
    const RecordRow *row;
    Header header; /* of row->header */
    const char *node, *epoch;
} WalkRecord;

/* Begins behind the record that @after names (its place in canonical order); NULL: with the newest. */
typedef struct {
    guint64 height, seq;
    char *node, *epoch;
} WalkPlace;
void walk_place_clear(WalkPlace *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WalkPlace, walk_place_clear)
Walk *walk_new(Db *db, const char *space, const char *lane, const WalkPlace *after,
               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void walk_free(Walk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Walk, walk_free)
/* 1: @out is the next; 0: no more; -1: @error. */
int walk_next(Walk *self, WalkRecord *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* record_json.c: the Record object of the API. @act: out, the parsed act or NULL; may be NULL. New reference. */
json_t *record_json(Node *node, Db *db, const char *lane, const WalkRecord *record, json_t **act, GError **error);

/* list.c, whole.c */
gboolean records_list(HttpRequest *request, HttpResponse *response, GError **error);
gboolean records_get(HttpRequest *request, HttpResponse *response, GError **error);
