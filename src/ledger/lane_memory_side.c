/* lane_memory_side.c: what is few in a lane: lines, steps, erased acts, early records. */
#include "ledger/lane_memory_private.h"
#include <string.h>

static void free_array(gpointer array)
{
    g_array_unref(array);
}

void memory_side_init(LaneMemory *self)
{
    self->lines = g_ptr_array_new_with_free_func(free_array);
    self->line_rows = g_ptr_array_new_with_free_func((GDestroyNotify)line_row_free);
    self->steps = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_array);
    self->erased = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->early = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
}

void memory_side_free(LaneMemory *self)
{
    g_hash_table_unref(self->early);
    g_hash_table_unref(self->erased);
    g_hash_table_unref(self->steps);
    g_ptr_array_unref(self->line_rows);
    g_ptr_array_unref(self->lines);
}

/* ---- lines ---- */

static LineRow *copy_line(const LineRow *row)
{
    LineRow *copy = g_memdup2(row, sizeof *row);
    copy->node = g_strdup(row->node);
    copy->epoch = g_strdup(row->epoch);
    return copy;
}

GPtrArray *memory_lines(gpointer store, GError **error)
{
    const LaneMemory *self = store;
    (void)error;
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)line_row_free);
    for (guint i = 0; i < self->line_rows->len; i++)
        g_ptr_array_add(rows, copy_line(g_ptr_array_index(self->line_rows, i)));
    return rows;
}

gboolean memory_line_put(gpointer store, const LineRow *line, GError **error)
{
    LaneMemory *self = store;
    (void)error;
    g_assert(line->line <= self->lines->len); /* S1: without a gap */
    if (line->line == self->lines->len) {
        g_ptr_array_add(self->lines, g_array_new(FALSE, FALSE, sizeof(guint32)));
        g_ptr_array_add(self->line_rows, copy_line(line));
        return TRUE;
    }
    line_row_free(g_ptr_array_index(self->line_rows, line->line));
    g_ptr_array_index(self->line_rows, line->line) = copy_line(line);
    return TRUE;
}

/* ---- steps ---- */

static GArray *steps_of(const LaneMemory *self, guint32 line, guint32 cited)
{
    gint64 key = (gint64)line << 32 | cited;
    return g_hash_table_lookup(self->steps, &key);
}

gboolean memory_step_put(gpointer store, const StepRow *step, GError **error)
{
    LaneMemory *self = store;
    (void)error;
    GArray *steps = steps_of(self, step->line, step->cited);
    if (!steps) {
        gint64 key = (gint64)step->line << 32 | step->cited;
        steps = g_array_new(FALSE, FALSE, sizeof(StepRow));
        g_hash_table_insert(self->steps, g_memdup2(&key, sizeof key), steps);
    }
    if (steps->len > 0 && g_array_index(steps, StepRow, steps->len - 1).seq == step->seq)
        g_array_set_size(steps, steps->len - 1);
    g_array_append_val(steps, *step);
    return TRUE;
}

gboolean memory_step_at(gpointer store, guint32 line, guint32 cited, guint64 seq, StepRow *out, gboolean *found,
                        GError **error)
{
    const GArray *steps = steps_of(store, line, cited);
    guint low = 0, high = steps ? steps->len : 0;
    (void)error;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        gboolean before = g_array_index(steps, StepRow, middle).seq <= seq;
        *(before ? &low : &high) = before ? middle + 1 : middle;
    }
    *found = low > 0;
    if (*found)
        *out = g_array_index(steps, StepRow, low - 1);
    return TRUE;
}

gboolean memory_step_beyond(gpointer store, guint32 line, guint32 cited, guint64 past, guint64 *seq, GError **error)
{
    const GArray *steps = steps_of(store, line, cited);
    guint low = 0, high = steps ? steps->len : 0;
    (void)error;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        gboolean beyond = g_array_index(steps, StepRow, middle).past > past;
        *(beyond ? &high : &low) = beyond ? middle : middle + 1;
    }
    *seq = steps && low < steps->len ? g_array_index(steps, StepRow, low).seq : SEQ_NONE;
    return TRUE;
}

/* ---- erased acts ---- */

static char *erased_key(const char *node, const Hash *act)
{
    char hex[HASH_HEX_SIZE];
    hash_write(hex, act);
    return g_strdup_printf("%s %s", node, hex);
}

gboolean memory_erased(gpointer store, const char *node, const Hash *act, gboolean *found, GError **error)
{
    const LaneMemory *self = store;
    g_autofree char *key = erased_key(node, act);
    (void)error;
    *found = g_hash_table_contains(self->erased, key);
    return TRUE;
}

gboolean memory_erased_put(gpointer store, const char *node, const Hash *act, GError **error)
{
    LaneMemory *self = store;
    (void)error;
    g_hash_table_add(self->erased, erased_key(node, act));
    return TRUE;
}

gboolean memory_erased_drop(gpointer store, const char *node, const Hash *act, GError **error)
{
    LaneMemory *self = store;
    g_autofree char *key = erased_key(node, act);
    (void)error;
    g_hash_table_remove(self->erased, key);
    return TRUE;
}

gboolean memory_erased_any(gpointer store, gboolean *any, GError **error)
{
    const LaneMemory *self = store;
    (void)error;
    *any = g_hash_table_size(self->erased) > 0;
    return TRUE;
}

/* ---- early records ---- */

static char *early_key(const char *node, const char *epoch, guint64 seq)
{
    return g_strdup_printf("%s/%s/%" G_GUINT64_FORMAT, node, epoch, seq);
}

static EarlyRow *copy_early(const EarlyRow *row)
{
    EarlyRow *copy = g_memdup2(row, sizeof *row);
    copy->node = g_strdup(row->node);
    copy->epoch = g_strdup(row->epoch);
    copy->header = g_bytes_ref(row->header);
    copy->act = row->act ? g_bytes_ref(row->act) : NULL;
    copy->confirmation = row->confirmation ? g_bytes_ref(row->confirmation) : NULL;
    return copy;
}

gboolean memory_early_drop(gpointer store, const char *node, const char *epoch, guint64 seq, const Hash *root,
                           GError **error)
{
    LaneMemory *self = store;
    g_autofree char *key = early_key(node, epoch, seq);
    GPtrArray *rows = g_hash_table_lookup(self->early, key);
    (void)error;
    for (guint i = rows ? rows->len : 0; i > 0; i--) {
        if (!hash_equal(&((const EarlyRow *)g_ptr_array_index(rows, i - 1))->root, root))
            continue;
        g_ptr_array_remove_index(rows, i - 1);
        self->early_count--;
    }
    if (rows && rows->len == 0)
        g_hash_table_remove(self->early, key);
    return TRUE;
}

gboolean memory_early_put(gpointer store, const EarlyRow *early, GError **error)
{
    LaneMemory *self = store;
    if (!memory_early_drop(self, early->node, early->epoch, early->seq, &early->root, error))
        return FALSE;
    char *key = early_key(early->node, early->epoch, early->seq);
    GPtrArray *rows = g_hash_table_lookup(self->early, key);
    if (!rows) {
        rows = g_ptr_array_new_with_free_func((GDestroyNotify)early_row_free);
        g_hash_table_insert(self->early, g_strdup(key), rows);
    }
    g_free(key);
    g_ptr_array_add(rows, copy_early(early));
    self->early_count++;
    return TRUE;
}

GPtrArray *memory_early_at(gpointer store, const char *node, const char *epoch, guint64 seq, GError **error)
{
    const LaneMemory *self = store;
    g_autofree char *key = early_key(node, epoch, seq);
    const GPtrArray *rows = g_hash_table_lookup(self->early, key);
    GPtrArray *copies = g_ptr_array_new_with_free_func((GDestroyNotify)early_row_free);
    (void)error;
    for (guint i = 0; rows && i < rows->len; i++)
        g_ptr_array_add(copies, copy_early(g_ptr_array_index(rows, i)));
    return copies;
}

gboolean memory_early_count(gpointer store, guint64 *count, GError **error)
{
    const LaneMemory *self = store;
    (void)error;
    *count = self->early_count;
    return TRUE;
}
