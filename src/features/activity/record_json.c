#include "base/text.h"
#include "features/activity/private.h"
#include "node/proof.h"
#include "node/view.h"
#include <string.h>

/* Which feature knows entities of @kind. */
static const Feature *feature_of(Node *node, const char *kind)
{
    for (const Feature *const *feature = node_features(node); *feature; feature++) {
        if ((*feature)->kinds && kind && g_strv_contains((*feature)->kinds, kind))
            return *feature;
    }
    return NULL;
}

/* {kind, id, label}; what the feature says about it goes to @values. */
static json_t *subject_json(Node *node, Db *db, const char *lane, const char *space, const char *subject,
                            const char *kind, json_t *values)
{
    g_autofree char *id = view_entity_id(node, subject);
    const Feature *feature = feature_of(node, kind);
    g_autoptr(json_t) described = feature && feature->describe ? feature->describe(db, space, lane, subject) : NULL;
    const char *label = described && json_text(described, "label") ? json_text(described, "label") : "";
    if (described)
        json_object_update(values, described);
    return json_pack("{s:s, s:s, s:s}", "kind", kind ? kind : "", "id", id, "label", label);
}

/* Members of the act that its sentence may speak of: short texts and numbers. The exhibit that a reading names is
 * described like a subject. */
static void take_values(Node *node, Db *db, const char *lane, const char *space, const json_t *act, json_t *values)
{
    static const char *const spoken[] = {"reason", "what",      "scope", "number", "seal_number",
                                         "roles",  "reference", "title", "name",   "purpose"};
    for (gsize n = 0; n < G_N_ELEMENTS(spoken); n++) {
        json_t *value = json_object_get(act, spoken[n]);
        if (value)
            json_object_set(values, spoken[n], value);
    }
    const char *who = json_text(act, "who"), *exhibit = json_text(act, "exhibit");
    if (who) {
        g_autoptr(json_t) person = view_person(db, lane, node_name(node), who);
        json_object_set(values, "name", json_object_get(person, "name"));
    }
    if (exhibit) {
        g_autoptr(json_t) shown = subject_json(node, db, lane, space, exhibit, "exhibit", values);
        json_object_set(values, "exhibit", json_object_get(shown, "id"));
    }
}

/* "exhibit.added" of "exhibit.added/1"; "record.bare" where the act is not here. */
static json_t *sentence_json(const char *type, json_t *values)
{
    const char *slash = type ? strchr(type, '/') : NULL;
    json_t *code = slash ? json_stringn(type, (size_t)(slash - type)) : json_string("record.bare");
    return json_pack("{s:o, s:O}", "code", code, "values", values);
}

static const char *confirmed_by(const ActType *type, const Header *header)
{
    if (!type || !(type->flags & ACT_CONFIRM))
        return "not_needed";
    return header->has_confirmation ? "person" : "machine";
}

json_t *record_json(Node *node, Db *db, const char *lane, const WalkRecord *record, json_t **act_out, GError **error)
{
    const Header *header = &record->header;
    gsize length = 0;
    const char *bytes = record->row->act ? g_bytes_get_data(record->row->act, &length) : NULL, *reason = NULL;
    g_autoptr(json_t) act = bytes ? act_read(header, bytes, length, &reason) : NULL;
    const char *type_name = act ? json_text(act, "type") : NULL;
    const ActType *type = type_name ? act_types_find(node_act_types(node), type_name) : NULL;
    g_autofree char *subject = span_text(header->subject), *person = span_text(header->person),
                    *space = span_text(header->space);
    g_autofree char *leaf = hash_text(&record->row->leaf);
    json_t *proof = proof_status_json(node, db, lane, &record->row->leaf, error);
    if (!proof)
        return NULL;
    g_autoptr(json_t) values = json_object();
    if (act)
        take_values(node, db, lane, space, act, values);
    const char *kind = g_str_equal(subject, lane) ? "lane" : type ? type->entity : NULL;
    json_t *item = json_pack(
        "{s:s, s:I, s:I, s:s, s:s, s:o, s:o, s:s, s:o, s:s, s:s, s:o}", "leaf", leaf, "seq", (json_int_t)header->seq,
        "height", (json_int_t)header->height, "node", record->node, "epoch", record->epoch, "time",
        view_time(header->time_ms), "by", view_actor(db, lane, record->node, person), "type",
        type_name ? type_name : "", "subject", subject_json(node, db, lane, space, subject, kind, values), "class",
        record_class_name(record->row->class), "confirmed", confirmed_by(type, header), "proof", proof);
    if (*record->row->reason)
        json_object_set_new(item, "reason", json_string(record->row->reason));
    json_object_set_new(item, "summary", sentence_json(type_name, values));
    if (act_out)
        *act_out = g_steal_pointer(&act);
    return item;
}
