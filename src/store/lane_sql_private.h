/* store/lane_sql_private.h: what the files of the lane store share.
 *   lane_sql.c         the object, lines, the class
 *   lane_sql_record.c  records and their bodies
 *   lane_sql_find.c    records by subject, lasting ones, heads
 *   lane_sql_hash.c    records by hash, in runs
 *   lane_sql_past.c    steps, what was erased, what came early */
#pragma once
#include "store/lane_sql.h"

struct LaneSql {
    Db *db;
    char *space, *id;
    LaneStore store;
    gint64 key;   /* of ledger_lane; 0: no row yet */
    GArray *keys; /* of gint64 by line number: of ledger_line; NULL: not read yet */
};

/* The key of @line. COMITY_ERROR_NOT_FOUND where there is no such line. */
gboolean lane_sql_line_key(LaneSql *self, guint32 line, gint64 *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The line with @key; LINE_NONE where it is another lane's. Lines have been read. */
guint32 lane_sql_line_of(const LaneSql *self, gint64 key);
/* Reads lane and lines, once. */
gboolean lane_sql_ready(LaneSql *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives the lane a row, if it has none. */
gboolean lane_sql_make(LaneSql *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* lane_sql_record.c */
gboolean lane_sql_record_put(gpointer store, const RecordNew *record, GError **error);
gboolean lane_sql_record_get(gpointer store, Place at, guint parts, RecordRow *out, GError **error);
gboolean lane_sql_record_judged(gpointer store, Place at, RecordClass class, const char *reason, GError **error);
gboolean lane_sql_record_bodies(gpointer store, Place at, GBytes *act, GBytes *confirmation, GError **error);
gboolean lane_sql_record_attested(gpointer store, Place at, GError **error);
gboolean lane_sql_subtree(gpointer store, Place at, guint level, Hash *out, GError **error);
gboolean lane_sql_records(gpointer store, guint32 line, guint64 from, guint64 count, guint parts, RecordEach each,
                          gpointer data, GError **error);

/* lane_sql_find.c */
gboolean lane_sql_entry_put(LaneSql *self, const RecordNew *record, gint64 line,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean lane_sql_of_subject(gpointer store, const char *subject, guint parts, RecordEach each, gpointer data,
                             GError **error);
gboolean lane_sql_subjects(gpointer store, SubjectEach each, gpointer data, GError **error);
gboolean lane_sql_lasting(gpointer store, guint parts, RecordEach each, gpointer data, GError **error);
gboolean lane_sql_heads(gpointer store, const char *subject, GArray *places, GError **error);
gboolean lane_sql_head_put(gpointer store, const char *subject, Place at, GError **error);
gboolean lane_sql_head_drop(gpointer store, const char *subject, Place at, GError **error);

/* lane_sql_hash.c. @body: the key of the record's body, which counts records up. */
gboolean lane_sql_hash_put(LaneSql *self, const RecordNew *record, gint64 line, gint64 body,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean lane_sql_by_leaf(gpointer store, const Hash *leaf, const char *subject, GArray *places, GError **error);
gboolean lane_sql_by_act(gpointer store, const Hash *act, GArray *places, GError **error);

/* lane_sql_past.c */
gboolean lane_sql_step_put(gpointer store, const StepRow *step, GError **error);
gboolean lane_sql_step_at(gpointer store, guint32 line, guint32 cited, guint64 seq, StepRow *out, gboolean *found,
                          GError **error);
gboolean lane_sql_step_beyond(gpointer store, guint32 line, guint32 cited, guint64 past, guint64 *seq, GError **error);
gboolean lane_sql_erased(gpointer store, const char *node, const Hash *act, gboolean *found, GError **error);
gboolean lane_sql_erased_put(gpointer store, const char *node, const Hash *act, GError **error);
gboolean lane_sql_erased_drop(gpointer store, const char *node, const Hash *act, GError **error);
gboolean lane_sql_erased_any(gpointer store, gboolean *any, GError **error);
gboolean lane_sql_early_put(gpointer store, const EarlyRow *early, GError **error);
GPtrArray *lane_sql_early_at(gpointer store, const char *node, const char *epoch, guint64 seq, GError **error);
gboolean lane_sql_early_drop(gpointer store, const char *node, const char *epoch, guint64 seq, const Hash *root,
                             GError **error);
gboolean lane_sql_early_count(gpointer store, guint64 *count, GError **error);
