/* ledger/package_verify_lane.c: judging the records as any node of the lane would, and whether all is here that must
 * be.
 *
 *   E1  Where a feed isn't what was signed, its lane isn't judged: the damage is named already.
 *   E2  The package holds exactly the causal past of the record that made it: no header less, none more.
 *   E3  Lasting acts, the acts on chosen subjects (all of them, where the whole is here) and the export's own act must
 *       be here, unless they were erased, or the package says that the exporter never had them. Whatever else isn't
 *       here is withheld, and counted. */
#include "ledger/package_check.h"
#include <string.h>

#define REMARKS_MAX 10000
#define LET_GO_EVERY 16384 /* records */

void check_lane_free(gpointer item)
{
    CheckLane *self = item;
    g_clear_pointer(&self->copy, lane_free);
    g_clear_pointer(&self->memory, lane_memory_free);
    g_ptr_array_unref(self->feeds);
    g_free(self->id);
    g_free(self->space);
    g_free(self);
}

static const PackageExport *export_in(const PackageCheck *self, const CheckLane *lane)
{
    const PackageContents *contents = self->report->contents;
    for (guint i = 0; contents && i < contents->exports->len; i++) {
        const PackageExport *made = &g_array_index(contents->exports, PackageExport, i);
        for (guint k = 0; k < lane->feeds->len; k++)
            if (((const CheckFeed *)g_ptr_array_index(lane->feeds, k))->number == made->feed)
                return made;
    }
    return NULL;
}

CheckLane *check_lane_of(PackageCheck *self, const CheckFeed *feed, GError **error)
{
    for (guint i = 0; i < self->lanes->len; i++) {
        CheckLane *lane = g_ptr_array_index(self->lanes, i);
        if (g_str_equal(lane->id, feed->info->lane))
            return lane;
    }
    CheckLane *lane = g_new0(CheckLane, 1);
    g_ptr_array_add(self->lanes, lane);
    lane->id = g_strdup(feed->info->lane);
    lane->space = g_strdup(feed->info->space);
    lane->feeds = g_ptr_array_new();
    lane->sound = TRUE;
    lane->memory = lane_memory_new(TRUE);
    lane->context = (LaneContext){.space = lane->space,
                                  .lane = lane->id,
                                  .types = self->options->types,
                                  .confirmed = check_confirmed,
                                  .web_origin = check_web_origin,
                                  .data = self};
    lane->copy = lane_open(&lane->context, lane_memory_store(lane->memory), error);
    return lane->copy ? lane : NULL;
}

static CheckFeed *feed_of(const CheckLane *lane, guint32 number)
{
    for (guint i = 0; i < lane->feeds->len; i++) {
        CheckFeed *feed = g_ptr_array_index(lane->feeds, i);
        if (feed->number == number)
            return feed;
    }
    return NULL;
}

/* ---- what is said about records ---- */

static void damage(PackageCheck *self, PackagePhase phase, const CheckFeed *feed, const CheckFile *file, guint64 seq,
                   const char *code, const char *why)
{
    check_damage(self, phase, code, file->name, seq + 1, feed->number, seq, PLACE_NONE, why);
}

/* Runs of records of which the same is to be said become one remark. */
static void remark(PackageCheck *self, const CheckFeed *feed, guint64 seq, const char *what, const char *reason)
{
    GArray *remarks = self->report->remarks;
    PackageRemark *last = remarks->len > 0 ? &g_array_index(remarks, PackageRemark, remarks->len - 1) : NULL;
    if (last && last->feed == feed->number && last->last + 1 == seq && last->what == what &&
        g_str_equal(last->reason, reason)) {
        last->last = seq;
        return;
    }
    if (remarks->len == REMARKS_MAX)
        return;
    PackageRemark fresh = {feed->number, seq, seq, what, g_strdup(reason)};
    g_array_append_val(remarks, fresh);
}

static gboolean is_absent(const PackageCheck *self, const CheckFeed *feed, guint64 seq)
{
    PackageAbsent key = {feed->number, seq};
    const PackageContents *contents = self->report->contents;
    return contents && g_array_binary_search(contents->absent, &key, package_absent_compare, NULL);
}

/* E3. */
static gboolean is_required(const PackageCheck *self, const CheckFeed *feed, guint64 seq, guint8 body)
{
    const PackageContents *contents = self->report->contents;
    const PackageExport *made = feed->lane->made;
    gboolean export = made && made->feed == feed->number && made->seq == seq;
    return !contents || contents->whole || export || (body & (CHECK_LASTING | CHECK_CHOSEN)) != 0;
}

/* A placed record whose act isn't in the package, and wasn't erased. */
static void judge_bodiless(PackageCheck *self, const CheckFeed *feed, guint64 seq, guint8 body)
{
    PackageReport *report = self->report;
    if (is_absent(self, feed, seq)) {
        report->actless++;
        remark(self, feed, seq, "actless", "the exporter never had its act");
    } else if (is_required(self, feed, seq, body)) {
        damage(self, PHASE_COMPLETE, feed, feed->acts, seq, "complete.act",
               "is empty: an act that must be in this package was left out");
    } else {
        report->withheld++;
        remark(self, feed, seq, "withheld", "");
    }
}

static void judge_body(PackageCheck *self, CheckFeed *feed, guint64 seq, guint8 *body, RecordClass class,
                       const char *reason)
{
    PackageReport *report = self->report;
    if ((*body & CHECK_CONFIRMED) && !(*body & CHECK_HAS_CONFIRMATION) && !is_absent(self, feed, seq))
        damage(self, PHASE_COMPLETE, feed, feed->confirmations, seq, "complete.confirmation",
               "is empty: the confirmation of an act that is here was left out");
    if (class == RECORD_VALID) {
        *body |= CHECK_VALID;
    } else if (class == RECORD_VOID) {
        report->voided++;
        remark(self, feed, seq, "void", reason);
    } else if (class == RECORD_UNKNOWN) {
        report->unknown++;
        remark(self, feed, seq, "unknown", "a later version of Comity wrote it");
    } else {
        report->actless++;
        remark(self, feed, seq, "actless", "its act does not fit its header");
    }
}

/* FALSE where the feed ends for the lane: what follows can't be judged. */
static gboolean judge(PackageCheck *self, CheckFeed *feed, guint64 seq, RecordClass class, const char *reason)
{
    guint8 *body = &g_array_index(feed->bodies, guint8, seq);
    if (class == RECORD_MALFORMED || class == RECORD_WAITING) {
        g_autofree char *why = class == RECORD_MALFORMED
                                   ? g_strdup_printf("breaks a rule of its place: %s", reason)
                                   : g_strdup("rests on a record, or a lasting act, that is not in the package");
        damage(self, PHASE_LANES, feed, feed->headers, seq,
               class == RECORD_MALFORMED ? "record.malformed" : "record.waiting", why);
        return FALSE;
    }
    if (class == RECORD_FROZEN) {
        self->report->frozen++;
        remark(self, feed, seq, "frozen", "it lies beyond a fork or a closing of its feed");
    }
    if (class == RECORD_ERASED) {
        self->report->erased++;
        remark(self, feed, seq, "erased", "");
    } else if (!(*body & CHECK_HAS_ACT)) {
        judge_bodiless(self, feed, seq, *body);
    } else if (class != RECORD_FROZEN) {
        judge_body(self, feed, seq, body, class, reason);
    }
    return TRUE;
}

static gboolean judge_feed(PackageCheck *self, CheckFeed *feed, GError **error)
{
    Lane *copy = feed->lane->copy;
    gsize length = 0;
    const char *headers = check_bytes(self, feed->headers, &length);
    for (guint64 seq = 0; seq < feed->size; seq++) {
        RecordClass class;
        const char *reason = "";
        if (seq % LET_GO_EVERY == 0)
            check_let_go(headers, headers + length);
        if (!lane_class(copy, lane_resolve(copy, feed->line, seq), &class, &reason, error))
            return FALSE;
        if (!judge(self, feed, seq, class, reason ? reason : ""))
            return TRUE;
    }
    return TRUE;
}

/* ---- the causal past of the export (E2) ---- */

static gboolean is_placed(RecordClass class)
{
    return class != RECORD_MALFORMED && class != RECORD_WAITING;
}

static gboolean check_past(PackageCheck *self, const CheckLane *lane, const CheckFeed *own, Place at, GError **error)
{
    for (guint i = 0; i < lane->feeds->len; i++) {
        const CheckFeed *feed = g_ptr_array_index(lane->feeds, i);
        guint64 size = lane->made->seq + 1;
        if (feed != own && !lane_past(lane->copy, at, feed->line, &size, error))
            return FALSE;
        if (size >= feed->size)
            continue;
        damage(self, PHASE_COMPLETE, feed, feed->headers, size, "complete.past",
               "does not belong to the history that the export had seen");
    }
    return TRUE;
}

static gboolean check_export(PackageCheck *self, CheckLane *lane, GError **error)
{
    const PackageExport *made = lane->made;
    const CheckFeed *feed = feed_of(lane, made->feed);
    const Hash *leaf = check_leaf_at(feed, made->seq);
    if (!leaf || !hash_equal(leaf, &made->leaf)) {
        check_damage_file(self, PHASE_LANES, "export.record", "data/package.json",
                          "names a record that made the package, and it is not here");
        lane->made = NULL;
        return TRUE;
    }
    Place at = lane_resolve(lane->copy, feed->line, made->seq);
    RecordClass class;
    if (!lane_class(lane->copy, at, &class, NULL, error))
        return FALSE;
    if (self->report->export_class[0] == '\0')
        self->report->export_class = record_class_name(class);
    return is_placed(class) ? check_past(self, lane, feed, at, error) : TRUE;
}

gboolean check_export_record(const CheckLane *lane, RecordRow *row)
{
    if (!lane->made || !lane->sound)
        return FALSE;
    const CheckFeed *feed = feed_of(lane, lane->made->feed);
    return lane_record(lane->copy, lane_resolve(lane->copy, feed->line, lane->made->seq), RECORD_HEADER | RECORD_ACT,
                       row, NULL);
}

/* Every export that package.json names must be the one of a lane here. */
static void check_exports(PackageCheck *self)
{
    const PackageContents *contents = self->report->contents;
    for (guint i = 0; contents && i < contents->exports->len; i++) {
        const PackageExport *made = &g_array_index(contents->exports, PackageExport, i);
        gboolean used = FALSE;
        for (guint k = 0; k < self->lanes->len; k++)
            used = used || export_in(self, g_ptr_array_index(self->lanes, k)) == made;
        if (!used)
            check_damage_file(self, PHASE_LANES, "export.record", "data/package.json",
                              "names a record that made the package, in a feed that is not here, or a second one");
    }
}

gboolean check_lanes(PackageCheck *self, GError **error)
{
    check_exports(self);
    for (guint i = 0; i < self->lanes->len; i++) {
        CheckLane *lane = g_ptr_array_index(self->lanes, i);
        lane->made = export_in(self, lane);
        if (!lane->sound)
            continue; /* E1 */
        if (!lane->made)
            check_damage_file(self, PHASE_LANES, "export.missing", "data/package.json",
                              "names no record that made the package, for one of the lanes here");
        else if (!check_export(self, lane, error))
            return FALSE;
        for (guint k = 0; k < lane->feeds->len; k++)
            if (!judge_feed(self, g_ptr_array_index(lane->feeds, k), error))
                return FALSE;
    }
    return TRUE;
}
