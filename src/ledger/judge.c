/* judge.c: valid, void or unknown, from a record's own act and the lasting records of its causal past (lane.h L2).
 * The questions are asked in the format's order; the first that finds something gives the reason. A reason is a static
 * text for people; what binds is the class. */
#include "base/error.h"
#include "ledger/lane_private.h"
#include <string.h>

void candidate_init(Candidate *self, LaneLine *line, guint64 seq, const Header *header, Hash leaf)
{
    memset(self, 0, offsetof(Candidate, named_prev));
    self->below = NULL;
    self->preparing = FALSE;
    self->invalid = NULL;
    self->at = (Place){line->row.line, seq};
    self->line = line;
    self->header = header;
    self->leaf = leaf;
    g_assert(header->subject.length < SUBJECT_SIZE);
    memcpy(self->subject, header->subject.at, header->subject.length);
    self->subject[header->subject.length] = '\0';
}

void candidate_clear(Candidate *self)
{
    g_clear_pointer(&self->merged, g_array_unref);
    g_clear_pointer(&self->named, g_array_unref);
    g_clear_pointer(&self->below, g_array_unref);
    g_clear_error(&self->invalid);
    act_findings_clear(&self->found);
}

static void keep_confirmation(Candidate *self, Span confirmation)
{
    self->confirmation = (Span){0};
    if (!self->header->has_confirmation || !confirmation.at || confirmation.length > CONFIRMATION_LIMIT)
        return;
    Hash hash = sha256(confirmation.at, confirmation.length);
    if (hash_equal(&hash, &self->header->confirmation))
        self->confirmation = confirmation;
}

void candidate_bodies(Lane *lane, Candidate *self, Span act, Span confirmation)
{
    act_examine(lane->context.types, self->header, act, lane->scan, &self->found);
    self->act_bytes = self->found.fits ? act : (Span){0};
    keep_confirmation(self, confirmation);
}

void candidate_found(Candidate *self, const ActFindings *found, Span act, Span confirmation)
{
    self->found = *found;
    json_incref(self->found.tree);
    self->act_bytes = found->fits ? act : (Span){0};
    keep_confirmation(self, confirmation);
}

const json_t *candidate_tree(Candidate *self)
{
    const char *reason;
    if (!self->found.tree && self->found.fits)
        self->found.tree = act_read(self->header, self->act_bytes.at, self->act_bytes.length, &reason);
    return self->found.tree;
}

gboolean void_because(Candidate *it, ComityError kind, const char **why, const char *reason)
{
    it->kind = kind;
    *why = reason;
    return TRUE;
}

gboolean lane_is_charter(const Lane *self, const Candidate *it)
{
    return hash_equal(&it->header->act, &self->id_hash) && g_str_equal(it->subject, self->id);
}

/* ---- the act itself ---- */

static gboolean ask_reuse(Lane *self, Candidate *it, const char **why, GError **error)
{
    g_array_set_size(self->scratch, 0);
    if (!self->store.class->by_act(self->store.store, &it->header->act, self->scratch, error))
        return FALSE;
    for (guint i = 0; i < self->scratch->len; i++) {
        Place other = g_array_index(self->scratch, Place, i);
        if (past_has(it->past, other) && g_str_equal(lane_line(self, other.line)->node, it->line->feed->node))
            return void_because(it, COMITY_ERROR_CONFLICT, why, "act was used before");
    }
    return TRUE;
}

static gboolean ask_fields(Lane *self, Candidate *it, const char **why, GError **error)
{
    (void)error;
    if (!it->found.fault)
        return TRUE;
    /* Only the writer of the own feed is told which field is at fault. */
    if (g_strcmp0(it->line->feed->node, self->node) == 0 && !it->invalid)
        (void)fields_validate_act(it->found.type->fields, candidate_tree(it), &it->invalid);
    return void_because(it, COMITY_ERROR_INVALID, why, it->found.fault);
}

/* What the type's table says of its place in a feed. */
static gboolean ask_form(Lane *self, Candidate *it, const char **why, GError **error)
{
    (void)error;
    const ActType *type = it->found.type;
    if (!(type->flags & ACT_LASTING) != !it->header->lasting)
        return void_because(it, COMITY_ERROR_INVALID, why, "lasting is not what its type says");
    if (!(type->flags & ACT_OPENS) != (it->at.seq != 0))
        return void_because(it, COMITY_ERROR_INVALID, why, "opening act out of place");
    if ((type->effect == ACT_CHARTER) != lane_is_charter(self, it))
        return void_because(it, COMITY_ERROR_INVALID, why, "charter of another lane");
    return TRUE;
}

static gboolean ask_charter(Candidate *it, const char **why)
{
    if (it->header->person.length > 0)
        return void_because(it, COMITY_ERROR_INVALID, why, "a person signs an act of the node");
    if (it->header->prev_count > 0)
        return void_because(it, COMITY_ERROR_INVALID, why, "names what it can't have seen");
    if (!json_object_get(json_object_get(candidate_tree(it), "parties"), it->line->feed->node))
        return void_because(it, COMITY_ERROR_INVALID, why, "founder is no party");
    return TRUE;
}

static gboolean ask_state(Lane *self, Candidate *it, const char **why, GError **error)
{
    (void)error;
    if (it->at.seq > 0 && !lane_opening_line(self, it->line)->opened)
        return void_because(it, COMITY_ERROR_CONFLICT, why, "feed was not opened");
    for (guint i = 0; i < self->endings->len; i++)
        if (past_has(it->past, g_array_index(self->endings, Place, i)) && !(it->found.type->flags & ACT_AFTER_END))
            return void_because(it, COMITY_ERROR_CONFLICT, why, "lane has ended");
    return TRUE;
}

/* ---- descent ---- */

gboolean lane_look_below(Lane *self, Candidate *it, GError **error)
{
    if (it->below)
        return TRUE;
    it->below = g_array_new(FALSE, FALSE, sizeof(Place));
    for (guint i = 0; i < it->header->prev_count; i++) {
        Hash leaf = header_prev(it->header, i);
        guint first = it->below->len;
        it->named_prev[i] = 0;
        if (!self->store.class->by_leaf(self->store.store, &leaf, it->subject, it->below, error))
            return FALSE;
        for (guint k = first; k < it->below->len; k++)
            if (past_has(it->past, g_array_index(it->below, Place, k)))
                it->named_prev[i] = 1;
        if (!it->named_prev[i])
            g_array_set_size(it->below, first);
    }
    return TRUE;
}

typedef struct {
    const Candidate *it;
    gboolean found;
} Known;

static gboolean note_known(gpointer data, const RecordRow *row, GError **error)
{
    (void)error;
    Known *known = data;
    known->found = known->found || past_has(known->it->past, row->at);
    return TRUE;
}

static gboolean ask_creation(Lane *self, Candidate *it, const char **why, GError **error)
{
    if (it->header->prev_count > 0)
        return void_because(it, COMITY_ERROR_INVALID, why, "a creation names nothing that it follows");
    Known known = {it, FALSE};
    if (!self->store.class->of_subject(self->store.store, it->subject, 0, note_known, &known, error))
        return FALSE;
    if (known.found)
        return void_because(it, COMITY_ERROR_CONFLICT, why, "subject is there already");
    gsize node = strlen(it->line->feed->node);
    if (strncmp(it->subject, it->line->feed->node, node) != 0 || it->subject[node] != '/')
        return void_because(it, COMITY_ERROR_FORBIDDEN, why, "subject belongs to another node");
    return TRUE;
}

static gboolean ask_prev(Lane *self, Candidate *it, const char **why, GError **error)
{
    gboolean lane = it->found.type->on == ACT_ON_LANE;
    guint count = it->header->prev_count;
    if (lane != g_str_equal(it->subject, self->id))
        return void_because(it, COMITY_ERROR_INVALID, why, "subject is not what its type is about");
    if (lane)
        return count == 0 || void_because(it, COMITY_ERROR_INVALID, why, "an act on the lane names nothing");
    if (it->found.type->on == ACT_CREATES || (it->found.type->on == ACT_CREATES_OR_CHANGES && count == 0))
        return ask_creation(self, it, why, error);
    if (count == 0 || count > PREV_MAX)
        return void_because(it, COMITY_ERROR_INVALID, why, "names no record that it follows, or more than 32");
    if (!lane_look_below(self, it, error))
        return FALSE;
    for (guint i = 0; i < count; i++)
        if (!it->named_prev[i])
            return void_because(it, COMITY_ERROR_CONFLICT, why, "follows what is not in its causal past");
    return TRUE;
}

/* ---- the verdict ---- */

static gboolean ask_all(Lane *self, Candidate *it, const char **why, GError **error)
{
    static const LaneQuestion form[] = {ask_fields, ask_form};
    static const LaneQuestion rest[] = {ask_state, ask_authority, ask_prev, ask_effect, ask_confirmation};
    if (!ask_reuse(self, it, why, error))
        return FALSE;
    for (gsize i = 0; !*why && it->found.type && i < G_N_ELEMENTS(form); i++)
        if (!form[i](self, it, why, error))
            return FALSE;
    if (*why || !it->found.type)
        return TRUE;
    if (it->found.type->effect == ACT_CHARTER)
        return ask_charter(it, why);
    for (gsize i = 0; !*why && i < G_N_ELEMENTS(rest); i++)
        if (!rest[i](self, it, why, error))
            return FALSE;
    return TRUE;
}

static gboolean is_erased(Lane *self, const Candidate *it, gboolean *erased, GError **error)
{
    *erased = FALSE;
    if (!self->erased_any || it->header->lasting)
        return TRUE;
    return self->store.class->erased(self->store.store, it->line->feed->node, &it->header->act, erased, error);
}

gboolean lane_judge(Lane *self, Candidate *it, RecordClass *class, const char **reason, GError **error)
{
    gboolean erased;
    const char *why = NULL;
    *reason = "";
    if (!is_erased(self, it, &erased, error))
        return FALSE;
    *class = erased ? RECORD_ERASED : RECORD_ACTLESS;
    if (erased || !it->found.fits || (it->header->has_confirmation && !it->confirmation.at && !it->preparing))
        return TRUE;
    if (!ask_all(self, it, &why, error))
        return FALSE;
    *class = why ? RECORD_VOID : it->found.type ? RECORD_VALID : RECORD_UNKNOWN;
    if (why && lane_unknown_before(self, it->line, it->at.seq))
        *class = RECORD_UNKNOWN; /* the unknown act may have given what is missing */
    if (why)
        *reason = why;
    return TRUE;
}

gboolean candidate_stored(Lane *lane, Candidate *self, LaneLine *line, guint64 seq, const RecordRow *row,
                          Header *header, GError **error)
{
    const char *reason;
    gsize length;
    const char *bytes = g_bytes_get_data(row->header, &length);
    if (!header_scan(bytes, length, header, &reason)) {
        g_set_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED, "A stored header is damaged: %s.", reason);
        return FALSE;
    }
    Span act = {0}, confirmation = {0};
    if (row->act)
        act.at = g_bytes_get_data(row->act, &act.length);
    if (row->confirmation)
        confirmation.at = g_bytes_get_data(row->confirmation, &confirmation.length);
    candidate_init(self, line, seq, header, row->leaf);
    candidate_bodies(lane, self, act, confirmation);
    return TRUE;
}

gboolean lane_judge_again(Lane *self, Place at, GError **error)
{
    g_auto(RecordRow) row = {0};
    g_auto(Candidate) it = {0};
    Header header;
    if (!lane_record(self, at, RECORD_HEADER | RECORD_ACT | RECORD_CONFIRMATION, &row, error) ||
        !candidate_stored(self, &it, lane_line_at(self, at.line), at.seq, &row, &header, error))
        return FALSE;
    it.merged = it.past = lane_past_at(self, at, error);
    RecordClass class;
    const char *reason;
    if (!it.past || !lane_judge(self, &it, &class, &reason, error) ||
        !self->store.class->record_judged(self->store.store, at, class, reason, error))
        return FALSE;
    if (class == RECORD_ERASED && row.class != RECORD_ERASED)
        g_array_append_val(self->erased_now, at);
    if (!lane_counts(self, at))
        return TRUE;
    lane_forget_entity(self, it.subject);
    lane_changed(self, it.subject);
    return TRUE;
}
