/* features/people/roles.c: who may do what, read from the tables by which the ledger judges. */
#include "features/people/private.h"

/* The feature whose table @type stands in; NULL: the ledger's or the node's own. */
static const char *feature_of(Node *node, const ActType *type)
{
    for (const Feature *const *feature = node_features(node); *feature; feature++) {
        gsize count = feature_act_count(*feature); /* a feature without acts has no table to count from */
        if (count > 0 && type >= (*feature)->acts && type < (*feature)->acts + count)
            return (*feature)->name;
    }
    return NULL;
}

static json_t *texts_json(const char *const *texts)
{
    return texts ? json_texts(texts) : json_null();
}

static json_t *type_json(Node *node, const ActType *type)
{
    json_t *item = json_pack("{s:s, s:s, s:o, s:b, s:b}", "type", type->name, "says", type->says ? type->says : "",
                             "by", texts_json(type->roles), "confirm", (type->flags & ACT_CONFIRM) != 0, "lasting",
                             (type->flags & ACT_LASTING) != 0);
    const char *feature = feature_of(node, type);
    if (feature)
        json_object_set_new(item, "feature", json_string(feature));
    return item;
}

gboolean roles_get(HttpRequest *request, HttpResponse *response, GError **error)
{
    if (!principal_require(request, error))
        return FALSE;
    Node *node = http_request_owner(request);
    json_t *roles = texts_json(people_roles);
    json_array_insert_new(roles, 0, json_string(ROLE_ADMINISTRATOR));
    json_t *acts = json_array();
    const GPtrArray *types = act_types_all(node_act_types(node));
    for (guint n = 0; n < types->len; n++)
        json_array_append_new(acts, type_json(node, g_ptr_array_index(types, n)));
    http_response_json(response, 200, json_pack("{s:o, s:o}", "roles", roles, "acts", acts));
    return TRUE;
}
