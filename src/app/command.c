#include "app/command.h"
#include "app/control.h"
#include "base/error.h"
#include "features/operation/operation.h"
#include "features/people/people.h"
#include "node/token.h"
#include <stdarg.h>

void command_line(const CommandOutput *output, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    output->line(output->data, text);
}

void command_note(const CommandOutput *output, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    output->note(output->data, text);
}

static char **text_array(const json_t *list)
{
    gsize count = json_array_size(list);
    char **array = g_new0(char *, count + 1);
    for (gsize n = 0; n < count; n++)
        array[n] = g_strdup(json_string_value(json_array_get(list, n)));
    return array;
}

static int invite(Node *node, const json_t *arguments, const CommandOutput *output, GError **error)
{
    const char *name = json_text(arguments, "name");
    if (!name || !*name) {
        error_set(error, COMITY_ERROR_USAGE, "", "", "Say who is invited: --name NAME.");
        return -1;
    }
    g_auto(GStrv) roles = text_array(json_object_get(arguments, "roles"));
    g_autofree char *link = NULL;
    if (!people_invite(node, name, (const char *const *)roles, json_is_true_at(arguments, "admin"), &link, error))
        return -1;
    command_note(output, "The link works once, within 72 hours; give it to %s alone:", name);
    command_line(output, "%s", link);
    return 0;
}

static int create_token(Node *node, const json_t *arguments, const CommandOutput *output, GError **error)
{
    const char *person = json_text(arguments, "person");
    g_auto(GStrv) names = text_array(json_object_get(arguments, "scopes"));
    guint scopes = 0;
    if (!person || !*person || !names[0]) {
        error_set(error, COMITY_ERROR_USAGE, "", "",
                  "Say whose token it is and what it may do: --person NAME --scope SCOPE.");
        return -1;
    }
    if (!scopes_read((const char *const *)names, &scopes, error))
        return -1;
    g_autofree char *token = NULL;
    if (!people_token_create(node, person, scopes, 0, &token, error))
        return -1;
    command_line(output, "%s", token);
    return 0;
}

static const Command commands[] = {
    {"invite", invite, FALSE},
    {"token create", create_token, FALSE},
    {"card", operation_card, FALSE},
    {"identity export", operation_identity_export, FALSE},
    {"identity import", operation_identity_import, FALSE},
    {"doctor", operation_doctor, FALSE},
    {"audit", operation_audit, FALSE},
    {"rebuild", operation_rebuild, TRUE},
    {"debug digest", operation_digest, FALSE},
    {"debug populate", operation_populate, FALSE},
};

const Command *command_find(const char *name)
{
    for (gsize n = 0; n < G_N_ELEMENTS(commands); n++) {
        if (g_str_equal(commands[n].name, name))
            return &commands[n];
    }
    return NULL;
}

int command_run(const NodeOptions *options, const char *name, const json_t *arguments, const CommandOutput *output,
                GError **error)
{
    const Command *command = command_find(name);
    if (!command) {
        error_set(error, COMITY_ERROR_USAGE, "", "", "There is no command “%s”.", name);
        return -1;
    }
    g_autoptr(GError) refused = NULL;
    g_autoptr(Node) node = node_open(options, &refused);
    if (node)
        return command->run(node, arguments, output, error);
    if (!g_error_matches(refused, COMITY_ERROR, COMITY_ERROR_BUSY)) {
        g_propagate_error(error, g_steal_pointer(&refused));
        return -1;
    }
    return control_ask(options->dir, name, arguments, output, error);
}
