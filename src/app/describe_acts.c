/* app/describe_acts.c: a program of the build: prints every act type as JSON, from the tables that judge. */
#include "app/app.h"
#include "base/json.h"
#include <stdio.h>

static json_t *flags_json(const ActType *type)
{
    static const struct {
        guint flag;
        const char *name;
    } known[] = {{ACT_LASTING, "lasting"},
                 {ACT_EXCLUSIVE, "exclusive"},
                 {ACT_OPENS, "opens"},
                 {ACT_AFTER_END, "after_end"},
                 {ACT_CONFIRM, "confirm"}};
    json_t *flags = json_array();
    for (gsize n = 0; n < G_N_ELEMENTS(known); n++) {
        if (type->flags & known[n].flag)
            json_array_append_new(flags, json_string(known[n].name));
    }
    return flags;
}

int main(void)
{
    static const char *const subjects[] = {"the lane", "new", "standing", "new or standing"};
    static const Field no_fields[] = {{.name = NULL}};
    g_autoptr(ActTypes) types = app_act_types();
    const GPtrArray *all = act_types_all(types);
    g_autoptr(json_t) acts = json_object();
    for (guint n = 0; n < all->len; n++) {
        const ActType *type = g_ptr_array_index(all, n);
        json_object_set_new(acts, type->name,
                            json_pack("{s:s?, s:s, s:s, s:b, s:o, s:o, s:o}", "says", type->says, "entity",
                                      type->entity ? type->entity : "", "subject", subjects[type->on], "by_node",
                                      type->roles == NULL, "roles", json_texts(type->roles), "flags", flags_json(type),
                                      "schema", fields_schema(type->fields ? type->fields : no_fields)));
    }
    g_autofree char *text = json_dumps(acts, JSON_INDENT(1) | JSON_SORT_KEYS);
    puts(text);
    return 0;
}
