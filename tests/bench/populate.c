/* tests/bench/populate.c: fills a case of a test node with names of invented persons: records that its list pages through.
 *
 *     populate DIR SPACE RECORDS */
#include "node/populate.h"
#include "app/app.h"
#include "base/error.h"

static gboolean name_somebody(Tx *tx, guint64 index, gpointer data, GError **error)
{
    g_autofree char *name = g_strdup_printf("Nobody %" G_GUINT64_FORMAT, index);
    g_autoptr(json_t) members = json_pack("{s:s, s:s, s:s}", "name", name, "title", "", "affiliation", "");
    const TxDraft draft = {.space = data, .type = "person.named/1", .members = members};
    return tx_append(tx, &draft, NULL, error);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc != 4)
        return 2;
    NodeOptions options = {.dir = argv[1], .env = env_system(), .features = app_features};
    g_autoptr(Node) node = node_open(&options, &error);
    if (node &&
        node_populate_with(node, g_ascii_strtoull(argv[3], NULL, 10), name_somebody, argv[2], NULL, NULL, &error))
        return 0;
    g_printerr("populate: %s\n", error->message);
    return 1;
}
