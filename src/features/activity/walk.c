#include "base/error.h"
#include "features/activity/private.h"

#define BLOCK 64

/* One line, read from its end in blocks. */
typedef struct {
    const LineRow *line;
    guint64 left;    /* records of its own still unread: those below start + left */
    GPtrArray *rows; /* of RecordRow, ascending; the last is the next to give */
    Header header;   /* of the last */
} Run;

struct Walk {
    LaneSql *sql;
    GPtrArray *lines; /* of LineRow */
    GArray *runs;     /* of Run */
    RecordRow *given;
};

void walk_place_clear(WalkPlace *self)
{
    g_clear_pointer(&self->node, g_free);
    g_clear_pointer(&self->epoch, g_free);
}

static void row_free(gpointer data)
{
    record_row_clear(data);
    g_free(data);
}

static void run_clear(gpointer data)
{
    Run *run = data;
    g_clear_pointer(&run->rows, g_ptr_array_unref);
}

static gboolean take_row(gpointer data, const RecordRow *row, GError **error)
{
    (void)error;
    RecordRow *copy = g_new(RecordRow, 1);
    *copy = *row;
    copy->header = row->header ? g_bytes_ref(row->header) : NULL;
    copy->act = row->act ? g_bytes_ref(row->act) : NULL;
    copy->confirmation = row->confirmation ? g_bytes_ref(row->confirmation) : NULL;
    g_ptr_array_add(data, copy);
    return TRUE;
}

/* Scans the header of the run's next record; one that is none (malformed) is passed over. */
static gboolean ready(Run *run)
{
    while (run->rows->len > 0) {
        const RecordRow *row = g_ptr_array_index(run->rows, run->rows->len - 1);
        gsize length = 0;
        const char *bytes = row->header ? g_bytes_get_data(row->header, &length) : NULL;
        const char *reason = NULL;
        if (bytes && row->class != RECORD_WAITING && row->class != RECORD_MALFORMED &&
            header_scan(bytes, length, &run->header, &reason))
            return TRUE;
        g_ptr_array_set_size(run->rows, (gint)run->rows->len - 1);
    }
    return FALSE;
}

static gboolean fill(Walk *self, Run *run, GError **error)
{
    const LaneStore *store = lane_sql_store(self->sql);
    while (!ready(run) && run->left > 0) {
        guint64 count = MIN(run->left, BLOCK);
        run->left -= count;
        if (!store->class->records(store->store, run->line->line, run->line->start + run->left, count,
                                   RECORD_HEADER | RECORD_ACT, take_row, run->rows, error))
            return FALSE;
    }
    return TRUE;
}

/* Is the next record of @a behind (less than) that of @b in canonical order? */
static int order_of(const Run *a, const Run *b)
{
    if (a->header.height != b->header.height)
        return a->header.height < b->header.height ? -1 : 1;
    int order = g_strcmp0(a->line->node, b->line->node);
    if (order == 0)
        order = g_strcmp0(a->line->epoch, b->line->epoch);
    return order != 0 ? order : a->header.seq < b->header.seq ? -1 : a->header.seq > b->header.seq;
}

/* Drops what is not behind @after, so that the run begins where the page before ended. Heights rise along a line, so the
 * place in it is found by halving. */
static gboolean begin_behind(Walk *self, Run *run, const WalkPlace *after, GError **error)
{
    const LaneStore *store = lane_sql_store(self->sql);
    guint64 low = 0, high = run->left;
    int same_height = g_strcmp0(run->line->node, after->node);
    if (same_height == 0)
        same_height = g_strcmp0(run->line->epoch, after->epoch);
    while (low < high) {
        guint64 middle = low + (high - low) / 2;
        g_auto(RecordRow) row = {0};
        if (!store->class->record_get(store->store, (Place){run->line->line, run->line->start + middle}, 0, &row,
                                      error))
            return FALSE;
        gboolean before =
            row.height < after->height ||
            (row.height == after->height && (same_height < 0 || (same_height == 0 && row.at.seq < after->seq)));
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    run->left = low;
    return TRUE;
}

Walk *walk_new(Db *db, const char *space, const char *lane, const WalkPlace *after, GError **error)
{
    g_autoptr(Walk) self = g_new0(Walk, 1);
    self->sql = lane_sql_new(db, space, lane);
    const LaneStore *store = lane_sql_store(self->sql);
    self->runs = g_array_new(FALSE, TRUE, sizeof(Run));
    g_array_set_clear_func(self->runs, run_clear);
    self->lines = store->class->lines(store->store, error);
    if (!self->lines)
        return NULL;
    for (guint n = 0; n < self->lines->len; n++) {
        Run run = {.line = g_ptr_array_index(self->lines, n), .rows = g_ptr_array_new_with_free_func(row_free)};
        run.left = run.line->size - run.line->start;
        g_array_append_val(self->runs, run);
        Run *kept = &g_array_index(self->runs, Run, n);
        if (after && !begin_behind(self, kept, after, error))
            return NULL;
    }
    return g_steal_pointer(&self);
}

void walk_free(Walk *self)
{
    if (!self)
        return;
    if (self->given)
        row_free(self->given);
    g_clear_pointer(&self->runs, g_array_unref);
    g_clear_pointer(&self->lines, g_ptr_array_unref);
    g_clear_pointer(&self->sql, lane_sql_free);
    g_free(self);
}

int walk_next(Walk *self, WalkRecord *out, GError **error)
{
    Run *best = NULL;
    for (guint n = 0; n < self->runs->len; n++) {
        Run *run = &g_array_index(self->runs, Run, n);
        if (!fill(self, run, error))
            return -1;
        if (run->rows->len > 0 && (!best || order_of(run, best) > 0))
            best = run;
    }
    if (!best)
        return 0;
    if (self->given)
        row_free(self->given);
    self->given = g_ptr_array_steal_index(best->rows, best->rows->len - 1);
    *out =
        (WalkRecord){.row = self->given, .header = best->header, .node = best->line->node, .epoch = best->line->epoch};
    return 1;
}
