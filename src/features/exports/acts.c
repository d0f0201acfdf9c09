/* features/exports/acts.c: that a package left the node, with what, confirmed by whom. */
#include "features/exports/acts.h"

static const char *const exporters[] = {"investigator", "prosecutor", "clerk", NULL};
static const Field exhibit_item = {.kind = FIELD_TEXT, .min = 3, .max = 240};

static const Field made_fields[] = {
    {.name = "scope",
     .kind = FIELD_ENUM,
     .values = (const char *const[]){"whole", "chosen", NULL},
     .says = "The whole case, or chosen exhibits."},
    {.name = "exhibits",
     .kind = FIELD_LIST,
     .flags = FIELD_UNIQUE,
     .max = 1000,
     .of = &exhibit_item,
     .says = "The chosen exhibits, as node/id; empty for the whole case."},
    {.name = "readings", .kind = FIELD_BOOLEAN, .says = "Whether the readings of the exhibits go along."},
    {.name = "purpose",
     .kind = FIELD_TEXT,
     .flags = FIELD_PRIVATE | FIELD_LINES,
     .max = 1000,
     .says = "For whom and what for; may be empty."},
    {.name = NULL},
};
static const ActSet made_sets[] = {{"scope", "scope", NULL},
                                   {"exhibits", "exhibits", NULL},
                                   {"readings", "readings", NULL},
                                   {"purpose", "purpose", NULL},
                                   {0}};

static const char *made_check(const json_t *act)
{
    gboolean whole = g_strcmp0(json_text(act, "scope"), "whole") == 0;
    gboolean none = json_array_size(json_object_get(act, "exhibits")) == 0;
    return whole == none ? NULL : "scope and exhibits do not agree";
}

const ActType export_acts[] = {
    {.name = "export.made/1",
     .on = ACT_CREATES,
     .entity = "export",
     .roles = exporters,
     .flags = ACT_CONFIRM,
     .fields = made_fields,
     .sets = made_sets,
     .check = made_check,
     .rule = "`exhibits` is empty if and only if `scope` is `whole`.",
     .says = "Exported the case, or a part of it, as a package."},
};
const gsize export_act_count = G_N_ELEMENTS(export_acts);
