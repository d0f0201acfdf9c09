/* past.c: the causal past of a record as one number a line: how many of that line's records precede it. Lines are
 * linear, so these numbers say everything, and the union of two pasts is their maximum line by line.
 *   P1  Of its own line, what precedes record s is s records; of the line that this one continues, all up to where they
 *       part.
 *   P2  Of the other lines it is what the last step at or before s says. Steps are closed: whoever names a record takes
 *       over all that it reaches.
 * The numbers as of a line's end are kept in memory, so that most records cost no look-up at all. */
#include "ledger/lane_private.h"

void past_raise(GArray *past, guint32 line, guint64 size)
{
    if (line >= past->len)
        g_array_set_size(past, line + 1); /* new ones are zero: made with clear */
    guint64 *at = &g_array_index(past, guint64, line);
    *at = MAX(*at, size);
}

static GArray *past_new(guint lines)
{
    return g_array_sized_new(FALSE, TRUE, sizeof(guint64), lines + 1);
}

GArray *past_copy(const GArray *past)
{
    GArray *copy = past_new(past->len);
    g_array_append_vals(copy, past->data, past->len);
    return copy;
}

/* Reads the steps of @line as of record @seq into @past and, unless NULL, @named (P2). */
static gboolean read_steps(Lane *self, guint32 line, guint64 seq, GArray *past, GArray *named, GError **error)
{
    for (guint32 cited = 0; cited < self->lines->len; cited++) {
        StepRow step;
        gboolean found = FALSE;
        if (cited == line)
            continue;
        if (!self->store.class->step_at(self->store.store, line, cited, seq, &step, &found, error))
            return FALSE;
        if (!found)
            continue;
        past_raise(past, cited, step.past);
        if (named && step.named > 0)
            past_raise(named, cited, step.named);
    }
    return TRUE;
}

GArray *lane_past_at(Lane *self, Place at, GError **error)
{
    g_autoptr(GArray) past = past_new(self->lines->len);
    if (!read_steps(self, at.line, at.seq, past, NULL, error))
        return NULL;
    past_raise(past, at.line, at.seq); /* P1 */
    return g_steal_pointer(&past);
}

/* A line that continues another begins with what the other had reached there. */
static gboolean begin_past(Lane *self, LaneLine *line, GArray *past, GArray *named, GError **error)
{
    if (line->row.parent == LINE_NONE)
        return TRUE;
    Place last = lane_resolve(self, line->row.parent, line->row.start - 1);
    if (!read_steps(self, last.line, last.seq, past, named, error))
        return FALSE;
    past_raise(past, last.line, last.seq + 1);
    return TRUE;
}

gboolean lane_line_past(Lane *self, LaneLine *line, GError **error)
{
    if (line->past)
        return TRUE;
    g_autoptr(GArray) past = past_new(self->lines->len);
    g_autoptr(GArray) named = past_new(self->lines->len);
    gboolean fresh = line->row.placed == line->row.start;
    gboolean read = fresh ? begin_past(self, line, past, named, error)
                          : read_steps(self, line->row.line, line->row.placed - 1, past, named, error);
    if (!read)
        return FALSE;
    if (!fresh)
        past_raise(past, line->row.line, line->row.placed);
    line->past = g_steal_pointer(&past);
    line->named = g_steal_pointer(&named);
    return TRUE;
}

gboolean lane_past_join(Lane *self, GArray *past, Place at, GError **error)
{
    LaneLine *line = lane_line_at(self, at.line);
    g_autoptr(GArray) other = NULL;
    if (at.seq + 1 == line->row.placed) {
        if (!lane_line_past(self, line, error))
            return FALSE;
        other = g_array_ref(line->past);
    } else {
        other = lane_past_at(self, at, error);
        if (!other)
            return FALSE;
        past_raise(other, at.line, at.seq + 1);
    }
    for (guint32 i = 0; i < other->len; i++)
        if (reach(other, i) > 0)
            past_raise(past, i, reach(other, i));
    return TRUE;
}

/* The steps that a record takes: on the first of a line all that it reaches, later what grew. */
static gboolean store_steps(Lane *self, const Candidate *it, const GArray *past, const GArray *named, GError **error)
{
    const LaneLine *line = it->line;
    gboolean first = it->at.seq == line->row.start;
    for (guint32 cited = 0; cited < past->len; cited++) {
        StepRow step = {it->at.line, cited, it->at.seq, reach(past, cited), reach(named, cited)};
        gboolean grew = step.past > reach(line->past, cited) || step.named > reach(line->named, cited);
        if (cited == it->at.line || step.past == 0 || !(first || grew))
            continue;
        if (!self->store.class->step_put(self->store.store, &step, error))
            return FALSE;
    }
    return TRUE;
}

gboolean lane_past_step(Lane *self, Candidate *it, GError **error)
{
    LaneLine *line = it->line;
    gboolean first = it->at.seq == line->row.start;
    if (it->merged || (first && line->row.parent != LINE_NONE)) {
        if (!store_steps(self, it, it->past, it->named ? it->named : line->named, error))
            return FALSE;
    }
    if (it->merged) {
        g_array_unref(line->past);
        line->past = g_array_ref(it->merged);
    }
    if (it->named) {
        g_array_unref(line->named);
        line->named = g_array_ref(it->named);
    }
    past_raise(line->past, it->at.line, it->at.seq + 1);
    return TRUE;
}

gboolean lane_past(Lane *self, Place at, guint32 cited, guint64 *size, GError **error)
{
    StepRow step;
    gboolean found = FALSE;
    *size = at.seq; /* P1 */
    if (cited == at.line)
        return TRUE;
    if (!self->store.class->step_at(self->store.store, at.line, cited, at.seq, &step, &found, error))
        return FALSE;
    *size = found ? step.past : 0;
    return TRUE;
}
