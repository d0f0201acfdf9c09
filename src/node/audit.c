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

/* No damage: only the database beside is written, so only it fills a disk. */
static gboolean is_of_surroundings(const Audit *self, const GError *cause)
{
    return g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_FULL) ||
           (g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_IO) && self->shadow && db_is_lost(self->shadow));
}

gboolean audit_take_error(Audit *self, const char *code, const char *where, const char *mend, GError *cause,
                          GError **error)
{
    if (g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_CANCELLED) || is_of_surroundings(self, cause)) {
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

/* Of what could not be read there are no rows to compare: that they differ would say nothing. */
static gboolean compare_or_tell(Audit *self, Db *shadow, GError **error)
{
    if (!tells(self->report, "lane.unreadable"))
        return compare_rows(self, shadow, error);
    audit_damage(self, "rows.unchecked", NODE_DATABASE, "Mend the lanes that can't be read, then audit again.",
                 "The rows were not compared with the records, for a lane could not be read.");
    return TRUE;
}

/* Every lane is verified into a database beside, whose rows then come from what was verified. */
static gboolean verify_lanes(Audit *self, Db *shadow, GError **error)
{
    g_autoptr(GPtrArray) ids = rebuild_lanes(self->node, self->db, error);
    for (guint i = 0; ids && i < ids->len; i++)
        if (!audit_lane(self, shadow, g_ptr_array_index(ids, i), error) || !audit_step(self, error))
            return FALSE;
    return ids && compare_or_tell(self, shadow, error) && audit_step(self, error);
}

static gboolean audit_lanes(Audit *self, GError **error)
{
    g_autoptr(Db) shadow = rebuild_open_shadow(self->node, error);
    self->shadow = shadow;
    gboolean done = shadow && verify_lanes(self, shadow, error);
    self->shadow = NULL;
    return done;
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

typedef struct {
    const char *name;
    gboolean (*run)(Audit *self, GError **error);
} Part;

/* No room, no file, or one that is in the way: says nothing of what is stored. */
static gboolean is_refusal(const GError *cause)
{
    static const ComityError kinds[] = {COMITY_ERROR_FULL, COMITY_ERROR_IO, COMITY_ERROR_BUSY, COMITY_ERROR_CONFLICT};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_error_matches(cause, COMITY_ERROR, (int)kinds[i]))
            return TRUE;
    return FALSE;
}

/* What can't be read ends a part and not the audit: the others may name more. A page that was named already is the
 * reason, and is not told twice; what the system refused is no damage, but the part was not done. */
static gboolean end_part(Audit *self, const Part *part, GError *cause, GError **error)
{
    gboolean refused = is_refusal(cause);
    if (db_in_transaction(self->db))
        db_rollback(self->db);
    if (refused)
        audit_damage(self, "audit.unfinished", part->name,
                     "See that the data directory can be written and its disk has room, then audit again.",
                     "This part of the audit was not finished: %s", cause->message);
    else if (g_error_matches(cause, COMITY_ERROR, COMITY_ERROR_CANCELLED) ||
             !(tells(self->report, "database.page") || tells(self->report, "database.unreadable")))
        return audit_take_error(self, "database.unreadable", NODE_DATABASE, MEND_RESTORE, cause, error);
    g_error_free(cause);
    return TRUE;
}

static gboolean run_parts(Audit *self, GError **error)
{
    /* Pages and marks come before the transaction: the marks are newer than it would be. */
    static const Part parts[] = {{"count", count_work},  {"pages", audit_pages}, {"marks", audit_marks},
                                 {"cards", audit_cards}, {"lanes", audit_lanes}, {"anchors", audit_anchors},
                                 {"blobs", audit_blobs}};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        GError *cause = NULL;
        gboolean reads = i < 3 || db_in_transaction(self->db) || db_begin(self->db, &cause);
        if (!(reads && parts[i].run(self, &cause)) && !end_part(self, &parts[i], cause, error))
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
    g_clear_pointer(&audit.marks, g_array_unref);
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
