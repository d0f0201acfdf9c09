#include "node/populate.h"
#include "base/error.h"
#include "base/text.h"

/* Records in one write function. */
#define BATCH 500

typedef struct {
    PopulateFunc make;
    gpointer data;
    guint64 from, to;
} Batch;

static gboolean write_batch(Tx *tx, gpointer data, GError **error)
{
    const Batch *batch = data;
    for (guint64 i = batch->from; i < batch->to; i++)
        if (!batch->make(tx, i, batch->data, error))
            return FALSE;
    return TRUE;
}

gboolean node_populate_with(Node *self, guint64 records, PopulateFunc make, gpointer make_data,
                            void (*progress)(gpointer data, guint64 done, guint64 total), gpointer data, GError **error)
{
    if (!g_str_has_suffix(node_name(self), ".test")) {
        error_set(error, COMITY_ERROR_FORBIDDEN, "populate.real_node", "",
                  "Only a test node (whose name ends in .test) is filled with invented records.");
        return FALSE;
    }
    for (guint64 done = 0; done < records; done += BATCH) {
        Batch batch = {.make = make, .data = make_data, .from = done, .to = MIN(done + BATCH, records)};
        if (!node_write(self, write_batch, &batch, error))
            return FALSE;
        if (progress)
            progress(data, batch.to, records);
    }
    return TRUE;
}

/* ---- names of invented persons ---- */

static gboolean open_network(Tx *tx, gpointer data, GError **error)
{
    return tx_open_space(tx, "network", "A test.", NULL, NULL, data, error);
}

static gboolean name_somebody(Tx *tx, guint64 index, gpointer data, GError **error)
{
    static const char *const first[] = {"Amal", "Chen", "Dolores", "Emeka", "Farida", "Goran", "Hana", "Ilya"};
    static const char *const last[] = {"Abebe", "Brandt", "Castro", "Duarte", "Ekström", "Fofana", "García"};
    g_autofree char *name = g_strdup_printf("%s %s %" G_GUINT64_FORMAT, first[index % G_N_ELEMENTS(first)],
                                            last[index % G_N_ELEMENTS(last)], index + 1);
    g_autoptr(json_t) members = json_pack("{s:s, s:s, s:s}", "name", name, "title", "", "affiliation", "");
    const TxDraft draft = {.space = data, .type = "person.named/1", .members = members};
    return tx_append(tx, &draft, NULL, error);
}

gboolean node_populate(Node *self, guint64 records, void (*progress)(gpointer data, guint64 done, guint64 total),
                       gpointer data, GError **error)
{
    g_autofree char *space = NULL;
    if (!node_write(self, open_network, &space, error))
        return FALSE;
    return node_populate_with(self, records, name_somebody, space, progress, data, error);
}
