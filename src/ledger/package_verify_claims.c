/* ledger/package_verify_claims.c: what the package says about itself, against what its records say; and the exporter's
 * signature over all of it. */
#include "ledger/package_check.h"
#include <string.h>

static void damage(PackageCheck *self, const char *code, const char *why)
{
    check_damage_file(self, PHASE_CLAIMS, code, "data/package.json", why);
}

void check_contents(PackageCheck *self)
{
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    const char *bytes = check_bytes(self, check_file(self, "data/package.json"), &length);
    PackageContents *contents = package_contents_parse(bytes, length, &error);
    if (!contents) {
        g_autofree char *why = g_strdup_printf("does not say what the package is: %s", error->message);
        check_damage_file(self, PHASE_CONTENTS, "package.malformed", "data/package.json", why);
        return;
    }
    self->report->contents = contents;
    for (guint i = 0; i < contents->subjects->len; i++)
        g_hash_table_add(self->subjects, g_ptr_array_index(contents->subjects, i));
    for (guint i = 0; i < contents->left_out->len; i++) {
        PackageLeftOut item = g_array_index(contents->left_out, PackageLeftOut, i);
        item.reason = g_strdup(item.reason);
        g_array_append_val(self->report->left_out, item);
    }
}

/* ---- against the export's record ---- */

/* An act that makes a package says `scope` and `exhibits`; where it does, package.json must say the same. */
static void check_scope(PackageCheck *self, const json_t *act)
{
    const PackageContents *contents = self->report->contents;
    const char *scope = json_text(act, "scope");
    const json_t *exhibits = json_object_get(act, "exhibits");
    if (scope && contents->whole != g_str_equal(scope, "whole"))
        damage(self, "package.claim", "calls the package a whole or a part, and the export's act says otherwise");
    for (gsize i = 0; !contents->whole && i < json_array_size(exhibits); i++) {
        const char *subject = json_string_value(json_array_get(exhibits, i));
        if (subject && !g_hash_table_contains(self->subjects, subject))
            damage(self, "package.claim", "does not name all that the export's act chose");
    }
}

static void check_maker(PackageCheck *self, const CheckLane *lane)
{
    const PackageContents *contents = self->report->contents;
    g_auto(RecordRow) row = {0};
    Header header;
    const char *reason = NULL;
    if (!check_export_record(lane, &row) || !row.header ||
        !header_scan(g_bytes_get_data(row.header, NULL), g_bytes_get_size(row.header), &header, &reason))
        return;
    if (!span_equal(header.node, contents->node) || !span_equal(header.person, contents->person) ||
        !span_equal(header.space, contents->space) || header.time_ms != contents->time_ms)
        damage(self, "package.claim", "names another node, person, space or time than the export's record");
    if (header.has_confirmation != contents->passkey)
        damage(self, "package.claim", "says how the export was confirmed, and its record says otherwise");
    self->report->export_confirmed = row.class == RECORD_VALID && header.has_confirmation;
    g_autoptr(json_t) act =
        row.act ? act_read(&header, g_bytes_get_data(row.act, NULL), g_bytes_get_size(row.act), &reason) : NULL;
    if (act)
        check_scope(self, act);
}

/* Is the act, or the confirmation, of this record really not here? */
static gboolean is_missing(const PackageCheck *self, const PackageAbsent *absent)
{
    for (guint i = 0; i < self->feeds->len; i++) {
        const CheckFeed *feed = g_ptr_array_index(self->feeds, i);
        if (feed->number != absent->feed || absent->seq >= feed->size)
            continue;
        guint8 body = g_array_index(feed->bodies, guint8, absent->seq);
        return !(body & CHECK_HAS_ACT) || ((body & CHECK_CONFIRMED) && !(body & CHECK_HAS_CONFIRMATION));
    }
    return FALSE;
}

static void check_absent(PackageCheck *self)
{
    const GArray *absent = self->report->contents->absent;
    for (guint i = 0; i < absent->len; i++)
        if (!is_missing(self, &g_array_index(absent, PackageAbsent, i)))
            damage(self, "package.claim", "says that an act was never there, and it is here, or no such record is");
}

static void check_counts(PackageCheck *self)
{
    const PackageReport *report = self->report;
    const PackageContents *contents = report->contents;
    guint first = 0, end = check_files_below(self, "data/blobs/", &first);
    guint64 bytes = 0;
    for (guint i = first; i < end; i++)
        bytes += g_array_index(self->files, CheckFile, i).entry->size;
    if (contents->records != report->records || contents->withheld != report->withheld ||
        contents->erased != report->erased)
        damage(self, "package.claim", "counts records, withheld or erased ones otherwise than they are here");
    if (contents->blobs != end - first || contents->bytes != bytes)
        damage(self, "package.claim", "counts files otherwise than they are here");
}

/* ---- package.note ---- */

static void note_damage(PackageCheck *self, const char *code, const char *why)
{
    check_damage_file(self, PHASE_CLAIMS, code, "package.note", why);
}

/* The exporter's log keys that had not ended when the package was made. */
static GPtrArray *note_verifiers(const CheckNode *node, const char *name, gint64 time_ms)
{
    GPtrArray *verifiers = g_ptr_array_new_with_free_func((GDestroyNotify)note_verifier_free);
    for (guint i = 0; node && i < node->card->keys->len; i++) {
        const CardKey *key = &g_array_index(node->card->keys, CardKey, i);
        if (key->kind == CARD_LOG && key->until_ms > time_ms)
            g_ptr_array_add(verifiers, note_verifier_new(name, NOTE_ED25519, g_bytes_get_data(key->key, NULL)));
    }
    return verifiers;
}

static void check_note(PackageCheck *self)
{
    g_autoptr(GError) error = NULL;
    const PackageContents *contents = self->report->contents;
    gsize length = 0, manifest_length = 0, text_length = 0;
    const char *bytes = check_bytes(self, check_file(self, "package.note"), &length);
    const char *manifest = check_bytes(self, check_file(self, "manifest-sha256.txt"), &manifest_length);
    g_autofree char *name = package_note_name(contents->node);
    g_autoptr(GPtrArray) verifiers = note_verifiers(check_node(self, contents->node), name, contents->time_ms);
    g_autoptr(Note) parsed = note_parse(bytes, length, &error);
    if (!parsed || note_signatures(parsed)->len != 1) {
        note_damage(self, "note.malformed", "is not a note with the exporter's one signature");
        return;
    }
    g_autoptr(Note) note = note_open(bytes, length, verifiers, &error);
    if (!note) {
        note_damage(self, "note.signature", "is not signed by the exporter's log key");
        return;
    }
    self->report->signatures++;
    Hash hash = sha256(manifest, manifest_length);
    g_autofree char *expected = package_note_text(&hash);
    const char *text = note_text(note, &text_length);
    self->note_good = text_length == strlen(expected) && memcmp(text, expected, text_length) == 0;
    if (!self->note_good)
        note_damage(self, "note.manifest", "signs another list of files than manifest-sha256.txt");
}

/* ---- the answers ---- */

static void tell_nodes(PackageCheck *self)
{
    PackageReport *report = self->report;
    for (guint i = 0; i < self->nodes->len; i++) {
        const CheckNode *node = g_ptr_array_index(self->nodes, i);
        gboolean exporter = report->contents && g_str_equal(report->contents->node, node->name);
        g_autoptr(GPtrArray) keys = card_keys(node->card, CARD_IDENTITY, G_MININT64);
        GBytes *key = g_ptr_array_index(keys, keys->len - 1);
        Hash identity = sha256(g_bytes_get_data(key, NULL), g_bytes_get_size(key));
        if (!node->writes && !exporter)
            continue;
        PackageNode told = {g_strdup(node->name),
                            g_strdup(node->card->title),
                            g_strdup(node->card->country),
                            node->card->number,
                            hash_text(&identity),
                            node->trust,
                            exporter};
        g_array_append_val(report->nodes, told);
        if (exporter)
            report->trust = node->trust;
    }
}

static void tell_reach(PackageCheck *self)
{
    for (guint i = 0; i < self->feeds->len; i++) {
        const CheckFeed *feed = g_ptr_array_index(self->feeds, i);
        PackageReach reach = {feed->number,
                              g_strdup(feed->info->node),
                              g_strdup(feed->info->lane),
                              g_strdup(feed->info->epoch),
                              feed->size,
                              feed->last_ms};
        g_array_append_val(self->report->reached, reach);
    }
}

/* The whole existed when the export's own record did. */
static void tell_since(PackageCheck *self)
{
    PackageReport *report = self->report;
    const PackageExport *made = &g_array_index(report->contents->exports, PackageExport, 0);
    gint64 not_before = 0;
    package_report_bracket(report, made->feed, made->seq, &not_before, &report->not_after_s);
    for (guint i = 0; i < report->attestations->len; i++) {
        const PackageAttestation *item = &g_array_index(report->attestations, PackageAttestation, i);
        if (item->feed != made->feed || item->size <= made->seq || item->time_s != report->not_after_s)
            continue;
        g_free(report->not_after_by);
        report->not_after_by = g_strdup(item->node);
        return;
    }
}

static gboolean all_sound(const PackageCheck *self)
{
    gboolean sound = self->lanes->len > 0;
    for (guint i = 0; i < self->lanes->len; i++)
        sound = sound && ((const CheckLane *)g_ptr_array_index(self->lanes, i))->sound;
    return sound;
}

void check_claims(PackageCheck *self)
{
    tell_nodes(self);
    tell_reach(self);
    if (!self->report->contents)
        return;
    tell_since(self);
    if (all_sound(self)) {
        for (guint i = 0; i < self->lanes->len; i++) {
            const CheckLane *lane = g_ptr_array_index(self->lanes, i);
            if (lane->made == &g_array_index(self->report->contents->exports, PackageExport, 0))
                check_maker(self, lane);
        }
        check_counts(self);
        check_absent(self);
    }
    check_note(self);
}
