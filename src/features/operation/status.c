/* features/operation/status.c: what the node is and how it is, as the administrator's page and `comity doctor` say it. */
#include "base/text.h"
#include "features/operation/private.h"
#include "features/people/people.h"
#include "ledger/card.h"
#include "node/anchors.h"
#include "node/audit.h"
#include "node/hold.h"
#include "node/notice.h"
#include "node/state.h"
#include "node/view.h"

static json_t *base64_json(gconstpointer bytes, gsize length)
{
    g_autofree char *text = base64_encode(bytes, length);
    return json_string(text);
}

static json_t *keys_json(const Card *card)
{
    static const char *const uses[] = {"identity", "log", "witness", "tls"};
    json_t *keys = json_array();
    for (guint n = 0; card && n < card->keys->len; n++) {
        const CardKey *key = &g_array_index(card->keys, CardKey, n);
        gsize length = 0;
        gconstpointer bytes = g_bytes_get_data(key->key, &length);
        json_array_append_new(keys, json_pack("{s:s, s:o, s:o, s:o}", "use", uses[key->kind], "key",
                                              base64_json(bytes, length), "since", view_time(key->from_ms), "until",
                                              key->until_ms == CARD_FOREVER ? json_null() : view_time(key->until_ms)));
    }
    return keys;
}

static json_t *audit_summary(Db *db, GError **error)
{
    g_autoptr(json_t) last = audit_last(db, error);
    if (!last || json_is_null(last))
        return g_steal_pointer(&last);
    return json_pack("{s:O, s:O, s:I}", "finished", json_object_get(last, "finished"), "ok",
                     json_object_get(last, "clean"), "findings",
                     (json_int_t)json_array_size(json_object_get(last, "damages")));
}

json_t *status_json(Node *node, Db *db, const Principal *principal, GError **error)
{
    NodeState state;
    if (!node_state(node, db, &state, error))
        return NULL;
    g_autofree char *note = node_card(node);
    g_autoptr(Card) card = card_parse(note, strlen(note), error);
    g_autoptr(json_t) audit = card ? audit_summary(db, error) : NULL;
    g_autoptr(json_t) anchors = audit ? anchors_json(db, error) : NULL;
    g_autoptr(json_t) notices = anchors ? notice_list(db, principal, TRUE, error) : NULL;
    if (!notices)
        return NULL;
    return json_pack(
        "{s:{s:o, s:b, s:I, s:o}, s:o, s:{s:I, s:I, s:I, s:I, s:I}, s:{s:s, s:b}, s:I, s:O, s:I, s:s, s:O, s:O}",
        "identity", "key", base64_json(keyring_identity_public(node_keyring(node)), 32), "present_on_machine",
        keyring_identity(node_keyring(node)) != NULL, "card_number", (json_int_t)card->number, "issued",
        view_time(card->issued_ms), "keys", keys_json(card), "storage", "data_bytes", (json_int_t)state.blob_bytes,
        "blobs", (json_int_t)state.blobs, "free", (json_int_t)state.free_bytes, "database",
        (json_int_t)state.database_bytes, "records", (json_int_t)state.records, "master_key", "source",
        state.master_source, "same_disk", state.master_same_disk, "feeds", (json_int_t)state.feeds, "anchors", anchors,
        "uptime", (json_int_t)((env_now_ms(node_env(node)) - node_started_ms(node)) / 1000), "version", COMITY_VERSION,
        "notices", notices, "last_audit", audit);
}

static void find(json_t *findings, const char *code, const char *severity, const char *detail)
{
    json_array_append_new(findings, json_pack("{s:s, s:s, s:s}", "code", code, "severity", severity, "detail", detail));
}

json_t *doctor_findings(Node *node, Db *db, GError **error)
{
    NodeState state;
    gboolean setup = FALSE;
    g_autofree char *held = NULL;
    g_autoptr(json_t) findings = json_array();
    if (!node_state(node, db, &state, error) || !people_setup_needed(db, &setup, error) || !hold_find(db, &held, error))
        return NULL;
    if (setup)
        find(findings, "setup.administrator", "warning",
             "No administrator has a passkey yet. Run: comity invite DIR --name NAME --admin");
    if (state.master_same_disk)
        find(findings, "master_key.same_disk", "warning",
             "The master key lies on the disk that it protects: whoever takes the disk has both. Move it to another "
             "disk, or to a systemd credential.");
    if (keyring_identity(node_keyring(node)))
        find(findings, "identity.present", "warning",
             "The identity key is on this machine. Take it off and keep it safe: comity identity export DIR -o FILE");
    if (g_str_has_suffix(node_name(node), ".node.test"))
        find(findings, "node.test", "info",
             "This is a test node: its name is good for trying things out only. For a real one: comity init --help");
    const char *origin = node_config(node)->origin;
    if (g_str_has_prefix(origin, "http://") && !g_str_has_prefix(origin, "http://localhost"))
        find(findings, "origin.insecure", "danger",
             "Passkeys need https (or http://localhost). Put the node behind TLS and set its origin in comity.conf.");
    if (held)
        find(findings, "restore.unconfirmed", "warning",
             "An older copy of the data was put back. What only one party may decide waits in every case from before "
             "until an administrator confirms on the page Node that the node goes on without what was lost.");
    if (state.free_bytes < STORAGE_LOW_BYTES)
        find(findings, "storage.low", "danger",
             "Less than 1 GiB is free on the disk of the data directory. Make room before taking more in.");
    return g_steal_pointer(&findings);
}
