#include "support/kept.h"
#include <string.h>

static void keep(const char *folder, guint number, const char *ending, gconstpointer bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *program = g_path_get_basename(g_get_prgname());
    g_autofree char *path = g_strdup_printf("%s/%s-%04u.%s", folder, program, number, ending);
    g_file_set_contents(path, bytes, (gssize)length, &error);
    g_assert_no_error(error);
}

void types_keep(const ActTypes *types)
{
    const char *folder = g_getenv("COMITY_KEEP_PACKAGES");
    if (!folder)
        return;
    g_autoptr(json_t) acts_json = act_types_json(types);
    g_autofree char *acts = json_dumps(acts_json, 0);
    keep(folder, 0, "acts.json", acts, strlen(acts));
}

void package_keep(const GByteArray *package, const ActTypes *types, const GPtrArray *trust, const PackageReport *report)
{
    static guint number;
    const char *folder = g_getenv("COMITY_KEEP_PACKAGES");
    if (!folder)
        return;
    number++;
    g_autoptr(json_t) report_json = package_report_json(report, "kept.zip"), acts_json = act_types_json(types);
    g_autofree char *said = json_dumps(report_json, 0), *acts = json_dumps(acts_json, 0);
    keep(folder, number, "zip", package->data, package->len);
    keep(folder, number, "report.json", said, strlen(said));
    keep(folder, number, "acts.json", acts, strlen(acts));
    for (guint i = 0; trust && i < trust->len; i++) {
        const Card *card = g_ptr_array_index(trust, i);
        keep(folder, number, "card", card->note, strlen(card->note));
    }
}
