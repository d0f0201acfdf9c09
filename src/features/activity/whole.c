/* features/activity/whole.c: one record with all its bytes, and each check done again before the reader's eyes. */
#include "base/error.h"
#include "base/text.h"
#include "features/activity/private.h"
#include "node/proof.h"
#include <string.h>

static json_t *bytes_json(GBytes *bytes)
{
    gsize length = 0;
    gconstpointer data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    if (!data)
        return json_null();
    g_autofree char *text = base64url_encode(data, length);
    return json_string(text);
}

static void add_check(json_t *checks, const char *code, gboolean applies, gboolean ok, const char *detail)
{
    json_t *check = json_pack("{s:s, s:o}", "code", code, "ok", applies ? json_boolean(ok) : json_null());
    if (detail && *detail)
        json_object_set_new(check, "detail", json_string(detail));
    json_array_append_new(checks, check);
}

static json_t *checks_json(const RecordProof *proof, const Header *header, const json_t *act, const char *unfit)
{
    json_t *checks = json_array();
    gsize length = 0;
    const char *bytes = g_bytes_get_data(proof->row.header, &length);
    Hash leaf = sha256_prefixed(0, bytes, length, NULL, 0);
    gsize act_length = 0;
    const char *act_bytes = proof->row.act ? g_bytes_get_data(proof->row.act, &act_length) : NULL;
    Hash act_hash = sha256(act_bytes ? act_bytes : "", act_length);
    RecordClass class = proof->row.class;
    add_check(checks, "leaf", TRUE, hash_equal(&leaf, &proof->leaf), NULL);
    add_check(checks, "act_hash", act_bytes != NULL, hash_equal(&act_hash, &header->act), NULL);
    add_check(checks, "repeats_header", act_bytes != NULL, act != NULL, unfit);
    add_check(checks, "inclusion", proof->proof != NULL, proof->verified, NULL);
    add_check(checks, "signature", proof->checkpoint != NULL, proof->verified, NULL);
    add_check(checks, "authority", class == RECORD_VALID || class == RECORD_VOID, class == RECORD_VALID,
              proof->row.reason);
    add_check(checks, "confirmation", header->has_confirmation, class == RECORD_VALID, NULL);
    add_check(checks, "anchor", proof->anchored != NULL, proof->anchored != NULL, NULL);
    return checks;
}

/* The record that the path names. */
static gboolean read_leaf(HttpRequest *request, Hash *leaf, GError **error)
{
    const char *text = http_request_parameter(request, "leaf");
    if (strlen(text) == HASH_HEX_SIZE - 1 && hash_read(text, leaf))
        return TRUE;
    error_set(error, COMITY_ERROR_NOT_FOUND, "record.not_found", "", "There is no such record here.");
    return FALSE;
}

/* The header scanned, as far as the walk of a list needs it. */
static gboolean scan(const RecordProof *proof, WalkRecord *record, GError **error)
{
    gsize length = 0;
    const char *reason = NULL, *bytes = g_bytes_get_data(proof->row.header, &length);
    *record = (WalkRecord){.row = &proof->row, .node = proof->node, .epoch = proof->epoch};
    if (header_scan(bytes, length, &record->header, &reason))
        return TRUE;
    error_set(error, COMITY_ERROR_DAMAGED, "record.header", "", "The header of this record is malformed: %s", reason);
    return FALSE;
}

static json_t *prev_json(const Header *header)
{
    json_t *prev = json_array();
    for (guint n = 0; n < header->prev_count; n++) {
        Hash before = header_prev(header, n);
        char text[HASH_HEX_SIZE];
        hash_write(text, &before);
        json_array_append_new(prev, json_string(text));
    }
    return prev;
}

gboolean records_get(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    g_auto(SpaceAccess) access = {0};
    if (!space_require(request, SCOPE_CASES_READ, ACCESS_RECORD, &access, error))
        return FALSE;
    Db *db = node_reader(node, request);
    Hash leaf;
    WalkRecord record;
    if (!read_leaf(request, &leaf, error))
        return FALSE;
    g_autoptr(RecordProof) proof = record_proof(node, db, access.lane, &leaf, error);
    if (!proof || !scan(proof, &record, error))
        return FALSE;
    json_t *act = NULL;
    g_autoptr(json_t) item = record_json(node, db, access.lane, &record, &act, error);
    g_autoptr(json_t) parsed = act;
    if (!item)
        return FALSE;
    json_object_set_new(item, "bytes",
                        json_pack("{s:o, s:o, s:o}", "header", bytes_json(proof->row.header), "act",
                                  bytes_json(proof->row.act), "confirmation", bytes_json(proof->row.confirmation)));
    json_object_set_new(item, "prev", prev_json(&record.header));
    json_object_set_new(item, "checks", checks_json(proof, &record.header, parsed, NULL));
    json_object_set_new(item, "tlog_proof", proof->proof ? json_string(proof->proof) : json_null());
    http_response_json(response, 200, g_steal_pointer(&item));
    return TRUE;
}
