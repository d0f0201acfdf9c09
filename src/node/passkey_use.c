/* node/passkey_use.c: see passkey_use.h. */
#include "node/passkey_use.h"
#include "base/error.h"
#include "base/text.h"
#include "node/notice.h"

#define NOTICE_COUNTER "passkey.counter"

/* [{id, cose, spki}] as introduced (tables.sql). New reference; empty where the person is not introduced. */
static json_t *introduced(Node *node, Db *db, const char *person, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT credentials FROM lane_person WHERE lane = :lane AND id = :person");
    db_bind_text(query, "lane", node_own_lane(node));
    db_bind_text(query, "person", person);
    int step = db_step(query, error);
    if (step < 0)
        return NULL;
    json_t *list = step > 0 ? json_loads(db_text(query, 0), 0, NULL) : NULL;
    return list ? list : json_array();
}

json_t *passkey_credentials(Node *node, Db *db, const char *person, GError **error)
{
    g_autoptr(json_t) list = introduced(node, db, person, error);
    if (!list)
        return NULL;
    json_t *ids = json_array();
    gsize index = 0;
    const json_t *item = NULL;
    json_array_foreach(list, index, item) json_array_append(ids, json_object_get(item, "id"));
    return ids;
}

GBytes *passkey_cose(Node *node, Db *db, const char *person, const char *credential, GError **error)
{
    g_autoptr(json_t) list = introduced(node, db, person, error);
    if (!list)
        return NULL;
    gsize index = 0;
    const json_t *item = NULL;
    json_array_foreach(list, index, item)
    {
        if (g_strcmp0(json_text(item, "id"), credential) == 0)
            return base64url_decode(json_text(item, "cose"), -1);
    }
    error_set(error, COMITY_ERROR_NOT_FOUND, "passkey.unknown", "", "This passkey is none of yours.");
    return NULL;
}

/* The counter as of the last use; -1: never used. */
static gboolean counter_before(Tx *tx, const char *credential, gint64 *counter, GError **error)
{
    g_autoptr(DbQuery) query = db_query(tx_db(tx), "SELECT counter FROM passkey_use WHERE credential = :credential");
    db_bind_text(query, "credential", credential);
    int step = db_step(query, error);
    *counter = step > 0 ? db_integer(query, 0) : -1;
    return step >= 0;
}

/* What the notice for administrators is about, so that both are said once. New. */
static char *about_everybody(const char *credential)
{
    return g_strconcat(credential, ":administrators", NULL);
}

/* An authenticator that counts never shows a number twice; 0 says that it does not count. */
static gboolean flag_copy(Tx *tx, const char *person, const char *credential, GError **error)
{
    g_autoptr(json_t) values = json_pack("{s:s, s:s}", "person", person, "credential", credential);
    g_autofree char *everywhere = about_everybody(credential);
    return tx_notice_put(tx, NOTICE_COUNTER, NOTICE_WARNING, person, credential, values, error) &&
           tx_notice_put(tx, NOTICE_COUNTER, NOTICE_WARNING, NULL, everywhere, values, error);
}

gboolean tx_passkey_used(Tx *tx, const char *person, const char *credential, guint32 counter, GError **error)
{
    gint64 before;
    if (!counter_before(tx, credential, &before, error))
        return FALSE;
    if (before >= 0 && counter != 0 && counter <= before && !flag_copy(tx, person, credential, error))
        return FALSE;
    g_autoptr(DbQuery) put =
        db_query(tx_db(tx), "INSERT INTO passkey_use (credential, counter, used) VALUES (:credential, :counter, :used) "
                            "ON CONFLICT (credential) DO UPDATE SET counter = :counter, used = :used");
    db_bind_text(put, "credential", credential);
    db_bind_integer(put, "counter", MAX((gint64)counter, before));
    db_bind_integer(put, "used", tx_now_ms(tx));
    return db_run(put, error);
}

gboolean tx_passkey_forget(Tx *tx, const char *credential, GError **error)
{
    g_autofree char *everywhere = about_everybody(credential);
    g_autoptr(DbQuery) query = db_query(tx_db(tx), "DELETE FROM passkey_use WHERE credential = :credential");
    db_bind_text(query, "credential", credential);
    return db_run(query, error) && tx_notice_settle(tx, NOTICE_COUNTER, credential, error) &&
           tx_notice_settle(tx, NOTICE_COUNTER, everywhere, error);
}
