/* app/describe_acts.c: a program of the build: prints every act type as JSON, from the tables that judge. */
#include "app/app.h"
#include "base/json.h"
#include <stdio.h>

int main(void)
{
    g_autoptr(ActTypes) types = app_act_types();
    g_autoptr(json_t) acts = act_types_json(types);
    g_autofree char *text = json_dumps(acts, JSON_INDENT(1) | JSON_SORT_KEYS);
    puts(text);
    return 0;
}
