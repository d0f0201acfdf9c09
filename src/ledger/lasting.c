/* lasting.c: what verdicts rest on. Lasting records are few; they are read when the lane opens and kept indexed by what
 * verdicts ask for: people by feed, homes by subject, delegations, ends, erasures, closings. Each entry knows its
 * place, so that every question is answered as of a causal past. */
#include "base/error.h"
#include "base/text.h"
#include "ledger/lane_private.h"
#include <string.h>

/* ---- freeing ---- */

static void free_credential(gpointer data)
{
    LaneCredential *credential = data;
    g_free(credential->id);
    g_bytes_unref(credential->cose);
    g_bytes_unref(credential->spki);
    g_free(credential);
}

static void free_person(LanePerson *person)
{
    if (!person)
        return;
    g_free(person->person);
    g_strfreev(person->roles);
    g_ptr_array_unref(person->credentials);
    g_free(person);
}

static void free_step(gpointer data)
{
    LanePersonStep *step = data;
    free_person(step->person);
    g_free(step);
}

static void free_delegation(gpointer data)
{
    LaneDelegation *grant = data;
    g_hash_table_unref(grant->persons);
    g_free(grant->field);
    g_free(grant);
}

static void free_eraser(gpointer data)
{
    LaneEraser *eraser = data;
    g_array_unref(eraser->leaves);
    g_free(eraser);
}

static void free_closing(gpointer data)
{
    LaneClosing *closing = data;
    g_free(closing->feed);
    g_free(closing);
}

static void free_report(gpointer data)
{
    LaneForkReport *report = data;
    g_free(report->feed);
    g_free(report);
}

static void free_home_act(gpointer data)
{
    LaneHomeAct *act = data;
    g_free(act->to);
    g_free(act);
}

void lane_line_free_people(LaneLine *line)
{
    line->last_person = NULL;
    g_clear_pointer(&line->people, g_hash_table_unref);
}

void lane_free_lasting(Lane *self)
{
    g_clear_pointer(&self->delegations, g_ptr_array_unref);
    g_clear_pointer(&self->erasers, g_ptr_array_unref);
    g_clear_pointer(&self->closings, g_ptr_array_unref);
    g_clear_pointer(&self->fork_reports, g_ptr_array_unref);
    g_clear_pointer(&self->homes, g_hash_table_unref);
}

static void make_indexes(Lane *self)
{
    self->delegations = g_ptr_array_new_with_free_func(free_delegation);
    self->erasers = g_ptr_array_new_with_free_func(free_eraser);
    self->closings = g_ptr_array_new_with_free_func(free_closing);
    self->fork_reports = g_ptr_array_new_with_free_func(free_report);
    self->homes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
}

/* ---- people ---- */

/* Where the first step at or after @seq stands. */
static guint step_index(const GPtrArray *steps, guint64 seq)
{
    guint low = 0, high = steps->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const LanePersonStep *step = g_ptr_array_index(steps, middle);
        *(step->seq < seq ? &low : &high) = step->seq < seq ? middle + 1 : middle;
    }
    return low;
}

static void add_step(LaneLine *line, guint64 seq, const char *who, LanePerson *person)
{
    if (!line->people)
        line->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    GPtrArray *steps = g_hash_table_lookup(line->people, who);
    if (!steps) {
        steps = g_ptr_array_new_with_free_func(free_step);
        g_hash_table_insert(line->people, g_strdup(who), steps);
    }
    LanePersonStep *step = g_new(LanePersonStep, 1);
    step->seq = seq;
    step->person = person;
    g_ptr_array_insert(steps, (gint)step_index(steps, seq), step);
}

static GPtrArray *read_credentials(const json_t *act)
{
    GPtrArray *credentials = g_ptr_array_new_with_free_func(free_credential);
    const json_t *list = json_object_get(act, "credentials");
    for (gsize i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *id = json_text(item, "id"), *cose = json_text(item, "cose"), *spki = json_text(item, "spki");
        g_autoptr(GBytes) cose_bytes = cose ? base64url_decode(cose, -1) : NULL;
        g_autoptr(GBytes) spki_bytes = spki ? base64url_decode(spki, -1) : NULL;
        if (!id || !cose_bytes || !spki_bytes)
            continue;
        LaneCredential *credential = g_new(LaneCredential, 1);
        credential->id = g_strdup(id);
        credential->cose = g_steal_pointer(&cose_bytes);
        credential->spki = g_steal_pointer(&spki_bytes);
        g_ptr_array_add(credentials, credential);
    }
    return credentials;
}

static LanePerson *read_person(Place at, const json_t *act)
{
    g_autoptr(GStrvBuilder) roles = g_strv_builder_new();
    const json_t *list = json_object_get(act, "roles");
    for (gsize i = 0; i < json_array_size(list); i++)
        g_strv_builder_add(roles, json_string_value(json_array_get(list, i)));
    LanePerson *person = g_new(LanePerson, 1);
    person->person = g_strdup(json_text(act, "who"));
    person->roles = g_strv_builder_end(roles);
    person->credentials = read_credentials(act);
    person->machine = json_is_true_at(act, "machine");
    person->since = at.seq;
    person->line = at.line;
    return person;
}

/* Most records come in runs of one person. */
static const GPtrArray *steps_of(LaneLine *line, const char *person)
{
    gpointer key, steps;
    if (line->last_person && g_str_equal(line->last_person, person))
        return line->last_steps;
    if (!line->people || !g_hash_table_lookup_extended(line->people, person, &key, &steps))
        return NULL;
    line->last_person = key;
    line->last_steps = steps;
    return steps;
}

const LanePerson *lane_person_at(const Lane *self, LaneLine *line, guint64 before, const char *person)
{
    for (;;) {
        const GPtrArray *steps = steps_of(line, person);
        guint index = steps ? step_index(steps, before) : 0;
        if (index > 0)
            return ((const LanePersonStep *)g_ptr_array_index(steps, index - 1))->person;
        if (line->row.parent == LINE_NONE)
            return NULL;
        before = MIN(before, line->row.start);
        line = lane_line_at(self, line->row.parent);
    }
}

const LanePerson *lane_person(const Lane *self, const char *person)
{
    return self->own == LINE_NONE ? NULL : lane_person_at(self, lane_line_at(self, self->own), SEQ_NONE, person);
}

static gint compare_people(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const LanePerson *const *)a)->person, (*(const LanePerson *const *)b)->person);
}

GPtrArray *lane_people(const Lane *self)
{
    GPtrArray *people = g_ptr_array_new();
    GHashTableIter iter;
    gpointer who;
    const LaneLine *own = self->own == LINE_NONE ? NULL : lane_line_at(self, self->own);
    if (!own || !own->people)
        return people;
    g_hash_table_iter_init(&iter, own->people);
    while (g_hash_table_iter_next(&iter, &who, NULL)) {
        const LanePerson *person = lane_person(self, who);
        if (person)
            g_ptr_array_add(people, (gpointer)person);
    }
    g_ptr_array_sort(people, compare_people);
    return people;
}

gboolean lane_unknown_before(const Lane *self, const LaneLine *line, guint64 seq)
{
    while (line->unknown_lasting >= seq) {
        if (line->row.parent == LINE_NONE)
            return FALSE;
        seq = MIN(seq, line->row.start);
        line = lane_line_at(self, line->row.parent);
    }
    return TRUE;
}

/* ---- taking up ---- */

static Hash leaf_member(const json_t *act, const char *key)
{
    Hash leaf = {{0}};
    const char *text = json_text(act, key);
    if (text && strlen(text) == 2 * HASH_SIZE && !hash_read(text, &leaf))
        memset(&leaf, 0, sizeof leaf);
    return leaf;
}

static void take_delegation(Lane *self, Place at, const Hash *leaf, const json_t *act)
{
    LaneDelegation *grant = g_new0(LaneDelegation, 1);
    grant->at = at;
    grant->leaf = *leaf;
    grant->field = g_strdup(json_text(act, "field"));
    grant->persons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const json_t *persons = json_object_get(act, "persons");
    for (gsize i = 0; i < json_array_size(persons); i++)
        g_hash_table_add(grant->persons, g_strdup(json_string_value(json_array_get(persons, i))));
    const char *until = json_text(act, "until");
    if (!until || !time_read(until, -1, &grant->until_ms))
        grant->until_ms = 0;
    grant->party = lane_line_at(self, at.line)->feed->node;
    g_ptr_array_add(self->delegations, grant);
}

static void take_eraser(Lane *self, Place at, const json_t *act)
{
    LaneEraser *eraser = g_new(LaneEraser, 1);
    eraser->at = at;
    eraser->leaves = g_array_new(FALSE, FALSE, sizeof(Hash));
    const json_t *records = json_object_get(act, "records");
    for (gsize i = 0; i < json_array_size(records); i++) {
        Hash leaf;
        const char *text = json_string_value(json_array_get(records, i));
        if (text && strlen(text) == 2 * HASH_SIZE && hash_read(text, &leaf))
            g_array_append_val(eraser->leaves, leaf);
    }
    g_ptr_array_add(self->erasers, eraser);
}

static void take_closing(Lane *self, Place at, const json_t *act)
{
    LaneClosing *closing = g_new(LaneClosing, 1);
    closing->at = at;
    closing->feed = g_strdup(json_text(act, "feed"));
    closing->size = (guint64)json_integer_or(act, "size", 0);
    g_ptr_array_add(self->closings, closing);
    self->limited = TRUE;
}

static void take_home_act(Lane *self, Place at, const Hash *leaf, const char *subject, const ActType *type,
                          const json_t *act)
{
    GPtrArray *acts = g_hash_table_lookup(self->homes, subject);
    if (!acts) {
        acts = g_ptr_array_new_with_free_func(free_home_act);
        g_hash_table_insert(self->homes, g_strdup(subject), acts);
    }
    LaneHomeAct *home = g_new0(LaneHomeAct, 1);
    home->at = at;
    home->leaf = *leaf;
    home->effect = type->effect;
    home->node = lane_line_at(self, at.line)->feed->node;
    home->about = leaf_member(act, type->effect == ACT_OFFER_HOME ? "home" : "offer");
    home->to = g_strdup(json_text(act, "to"));
    g_ptr_array_add(acts, home);
}

const GPtrArray *lane_home_acts(const Lane *self, const char *subject)
{
    return g_hash_table_lookup(self->homes, subject);
}

static void take_report(Lane *self, Place at, const json_t *act)
{
    LaneForkReport *report = g_new(LaneForkReport, 1);
    report->at = at;
    report->feed = g_strdup(json_text(act, "feed"));
    g_ptr_array_add(self->fork_reports, report);
}

void lane_take_up_lasting(Lane *self, Place at, const Hash *leaf, const char *subject, RecordClass class,
                          const ActType *type, const json_t *act)
{
    LaneLine *line = lane_line_at(self, at.line);
    if (class == RECORD_UNKNOWN)
        line->unknown_lasting = MIN(line->unknown_lasting, at.seq);
    if (class != RECORD_VALID)
        return;
    switch (type->effect) {
    case ACT_CHARTER:
        if (!self->charter)
            self->charter = json_incref((json_t *)act);
        g_array_append_val(self->charters, at);
        break;
    case ACT_INTRODUCE:
        add_step(line, at.seq, json_text(act, "who"), read_person(at, act));
        break;
    case ACT_WITHDRAW:
        add_step(line, at.seq, json_text(act, "who"), NULL);
        break;
    case ACT_DELEGATE:
        take_delegation(self, at, leaf, act);
        break;
    case ACT_ERASE:
        take_eraser(self, at, act);
        break;
    case ACT_END:
        g_array_append_val(self->endings, at);
        break;
    case ACT_FORK_FOUND:
        take_report(self, at, act);
        break;
    case ACT_CLOSE_FEED:
        take_closing(self, at, act);
        break;
    case ACT_OFFER_HOME:
    case ACT_ACCEPT_HOME:
    case ACT_DECLINE_HOME:
        take_home_act(self, at, leaf, subject, type, act);
        break;
    default:
        break;
    }
}

/* ---- loading ---- */

static void load_opening(Lane *self, const RecordRow *row, const json_t *act)
{
    LaneLine *line = lane_line_at(self, row->at.line);
    const char *under = json_text(act, "under");
    line->opened = row->class == RECORD_VALID;
    line->has_under = under && strlen(under) == 2 * HASH_SIZE && hash_read(under, &line->under);
}

static gboolean load_row(gpointer data, const RecordRow *row, GError **error)
{
    Lane *self = data;
    if (!lane_is_placed(self, row->at))
        return TRUE;
    Header header;
    const char *reason = "its act is missing";
    gsize length, act_length = 0;
    const char *bytes = g_bytes_get_data(row->header, &length);
    const char *act_bytes = row->act ? g_bytes_get_data(row->act, &act_length) : NULL;
    g_autoptr(json_t) act = NULL;
    if (act_bytes && header_scan(bytes, length, &header, &reason))
        act = act_read(&header, act_bytes, act_length, &reason);
    const ActType *type = act ? act_types_find(self->context.types, json_text(act, "type")) : NULL;
    if (!act || (row->class == RECORD_VALID && !type)) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED,
                    "Lasting record %" G_GUINT64_FORMAT " of line %u can't be read: %s; run \"comity rebuild\".",
                    row->at.seq, row->at.line, act ? "this version doesn't know its type" : reason);
        return FALSE;
    }
    if (row->at.seq == 0)
        load_opening(self, row, act);
    g_autofree char *subject = span_text(header.subject);
    lane_take_up_lasting(self, row->at, &row->leaf, subject, row->class, type, act);
    return TRUE;
}

gboolean lane_load_lasting(Lane *self, GError **error)
{
    make_indexes(self);
    return self->store.class->lasting(self->store.store, RECORD_HEADER | RECORD_ACT, load_row, self, error);
}
