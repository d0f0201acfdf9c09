#include "base/error.h"
#include "base/text.h"
#include "node/acts.h"
#include "node/audit_private.h"
#include "node/digest.h"
#include "node/open.h"
#include "node/rebuild.h"
#include <glib/gstdio.h>

/* Stored reports that are kept. */
#define REPORTS 10

/* ---- the report ---- */

static void damage_free(gpointer data)
{
    AuditDamage *self = data;
    g_free(self->code);
    g_free(self->where);
    g_free(self->sentence);
    g_free(self->mend);
    g_free(self);
}

AuditReport *audit_report_new(void)
{
    AuditReport *self = g_new0(AuditReport, 1);
    self->damages = g_ptr_array_new_with_free_func(damage_free);
    return self;
}

void audit_report_free(AuditReport *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->damages);
    g_free(self);
}

void audit_damage(Audit *self, const char *code, const char *where, const char *mend, const char *sentence, ...)
{
    va_list arguments;
    AuditDamage *damage = g_new0(AuditDamage, 1);
    damage->code = g_strdup(code);
    damage->where = g_strdup(where);
    damage->mend = g_strdup(mend);
    va_start(arguments, sentence);
    g_autofree char *text = g_strdup_vprintf(sentence, arguments);
    va_end(arguments);
    damage->sentence = g_strconcat(text, g_str_has_suffix(text, ".") ? NULL : ".", NULL); /* what mends it follows */
    g_ptr_array_add(self->report->damages, damage);
}

/* A statement that failed takes its transaction with it: what comes after looks from a new one. */
static gboolean refresh(Audit *self, GError **error)
{
    if (!db_is_lost(self->db))
        return TRUE;
    db_rollback(self->db);
    return db_begin(self->db, error);
}

gboolean audit_take_error(Audit *self, const char *code, const char *where, const char *mend, GError *cause,
                          GError **error)
{
    if (g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_CANCELLED)) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    audit_damage(self, code, where, mend, "%s", cause->message);
    g_error_free(cause);
    return refresh(self, error);
}

gboolean audit_step(Audit *self, GError **error)
{
    self->done++;
    if (!self->progress || self->progress(self->data, MIN(self->done, self->total), self->total))
        return TRUE;
    g_set_error_literal(error, COMITY_ERROR, COMITY_ERROR_CANCELLED, "The audit was cancelled.");
    return FALSE;
}

json_t *audit_report_json(const AuditReport *self)
{
    char started[TIME_TEXT_SIZE], finished[TIME_TEXT_SIZE];
    time_write(started, self->started_ms);
    time_write(finished, self->finished_ms);
    json_t *damages = json_array();
    for (guint i = 0; i < self->damages->len; i++) {
        const AuditDamage *damage = g_ptr_array_index(self->damages, i);
        json_array_append_new(damages, json_pack("{s:s, s:s, s:s, s:s}", "code", damage->code, "where", damage->where,
                                                 "sentence", damage->sentence, "mend", damage->mend));
    }
    return json_pack("{s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:o}", "started", started, "finished", finished, "clean",
                     self->damages->len == 0, "feeds", (json_int_t)self->feeds, "records", (json_int_t)self->records,
                     "blobs", (json_int_t)self->blobs, "bytes", (json_int_t)self->bytes, "anchors",
                     (json_int_t)self->anchors, "damages", damages);
}

static gboolean store_report(Tx *tx, gpointer data, GError **error)
{
    const AuditReport *report = data;
    g_autofree char *id = uuid7_new(tx->node->env);
    g_autoptr(json_t) value = audit_report_json(report);
    g_autofree char *text = json_compact(value, NULL);
    g_autoptr(DbQuery) put = db_query(tx->db, "INSERT INTO audit (id, started, finished, damages, report) "
                                              "VALUES (:id, :started, :finished, :damages, :report)");
    db_bind_text(put, "id", id);
    db_bind_integer(put, "started", report->started_ms);
    db_bind_integer(put, "finished", report->finished_ms);
    db_bind_integer(put, "damages", report->damages->len);
    db_bind_text(put, "report", text);
    g_autoptr(DbQuery) drop = db_query(
        tx->db,
        "DELETE FROM audit WHERE id NOT IN (SELECT id FROM audit ORDER BY finished DESC, id DESC LIMIT :count)");
    db_bind_integer(drop, "count", REPORTS);
    return db_run(put, error) && db_run(drop, error);
}

json_t *audit_last(Db *db, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT report FROM audit ORDER BY finished DESC, id DESC LIMIT 1");
    int row = db_step(query, error);
    if (row < 0)
        return NULL;
    json_t *report = row > 0 ? json_loads(db_text(query, 0), 0, NULL) : NULL;
    return report ? report : json_null();
}

/* ---- the database file ---- */

static void tell_page(gpointer data, const char *sentence)
{
    audit_damage(data, "database.page", NODE_DATABASE, MEND_RESTORE, "%s", sentence);
}

static gboolean audit_pages(Audit *self, GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (db_check(self->db, tell_page, self, &cause))
        return audit_step(self, error);
    return audit_take_error(self, "database.unreadable", NODE_DATABASE, MEND_RESTORE, g_steal_pointer(&cause), error);
}

/* ---- rows against a rebuild beside ---- */

static gboolean compare_table(Audit *self, Db *shadow, const Feature *feature, const char *table, GError **error)
{
    Hash here, there;
    GError *cause = NULL;
    if (!digest_of_table(self->db, feature, table, &here, &cause) ||
        !digest_of_table(shadow, feature, table, &there, &cause))
        return audit_take_error(self, "rows.unreadable", table, MEND_REBUILD, cause, error);
    if (!hash_equal(&here, &there))
        audit_damage(self, "rows.differ", table, MEND_REBUILD, "The rows of this table are not what the records say.");
    return TRUE;
}

static gboolean compare_feature(Audit *self, Db *shadow, const Feature *feature, GError **error)
{
    for (gsize i = 0; feature->tables && feature->tables[i]; i++)
        if (!compare_table(self, shadow, feature, feature->tables[i], error))
            return FALSE;
    return TRUE;
}

static gboolean compare_rows(Audit *self, Db *shadow, GError **error)
{
    gboolean done = compare_feature(self, shadow, &node_feature, error);
    for (gsize i = 0; done && self->node->features[i]; i++)
        done = compare_feature(self, shadow, self->node->features[i], error);
    return done;
}

static gboolean tells(const AuditReport *report, const char *code)
{
    for (guint i = 0; i < report->damages->len; i++)
        if (g_str_equal(((const AuditDamage *)g_ptr_array_index(report->damages, i))->code, code))
            return TRUE;
    return FALSE;
}

/* Every lane is verified into a database beside, whose rows then come from what was verified. */
static gboolean audit_lanes(Audit *self, GError **error)
{
    g_autoptr(Db) shadow = rebuild_open_shadow(self->node, error);
    g_autoptr(GPtrArray) ids = shadow ? rebuild_lanes(self->node, self->db, error) : NULL;
    for (guint i = 0; ids && i < ids->len; i++)
        if (!audit_lane(self, shadow, g_ptr_array_index(ids, i), error) || !audit_step(self, error))
            return FALSE;
    if (!ids)
        return FALSE;
    /* Of what could not be read there are no rows to compare: that they differ would say nothing. */
    return (tells(self->report, "lane.unreadable") || compare_rows(self, shadow, error)) && audit_step(self, error);
}

/* ---- the whole ---- */

static gboolean count_work(Audit *self, GError **error)
{
    gint64 lanes = 0, blobs = 0;
    if (!db_integer_of(self->db, "SELECT COUNT(*) FROM lane_key", 0, &lanes, error) ||
        !db_integer_of(self->db, "SELECT COUNT(*) FROM blob", 0, &blobs, error))
        return FALSE;
    self->total = (guint64)(lanes + blobs) + 5;
    return TRUE;
}

/* What can't be read ends a part and not the audit: the others may name more. A page that was named already is the
 * reason, and is not told twice. */
static gboolean end_part(Audit *self, GError *cause, GError **error)
{
    if (db_in_transaction(self->db))
        db_rollback(self->db);
    if (self->report->damages->len == 0 || g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_CANCELLED))
        return audit_take_error(self, "database.unreadable", NODE_DATABASE, MEND_RESTORE, cause, error);
    g_error_free(cause);
    return TRUE;
}

static gboolean run_parts(Audit *self, GError **error)
{
    /* Pages and marks come before the transaction: the marks are newer than it would be. */
    gboolean (*const parts[])(Audit *, GError **) = {count_work,  audit_pages,   audit_marks, audit_cards,
                                                     audit_lanes, audit_anchors, audit_blobs};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        GError *cause = NULL;
        gboolean reads = i < 3 || db_in_transaction(self->db) || db_begin(self->db, &cause);
        if (!(reads && parts[i](self, &cause)) && !end_part(self, cause, error))
            return FALSE;
    }
    return TRUE;
}

gboolean node_audit(Node *self, AuditProgress progress, gpointer data, AuditReport **report, GError **error)
{
    g_autoptr(AuditReport) made = audit_report_new();
    made->started_ms = env_now_ms(self->env);
    g_autoptr(Db) db = node_reader_open(self, error);
    Audit audit = {.node = self, .db = db, .report = made, .progress = progress, .data = data};
    gboolean done = db && run_parts(&audit, error);
    rebuild_drop_shadow(self);
    if (!done)
        return FALSE;
    made->finished_ms = env_now_ms(self->env);
    g_autoptr(GError) unwritten = NULL;
    if (!node_write(self, store_report, made, &unwritten)) {
        if (made->damages->len == 0) {
            g_propagate_error(error, g_steal_pointer(&unwritten));
            return FALSE;
        }
        g_warning("The report of the audit could not be stored: %s", unwritten->message); /* told all the same */
    }
    *report = g_steal_pointer(&made);
    return TRUE;
}
