/* node/notice.c: see notice.h. */
#include "node/notice.h"
#include "base/text.h"

static const char *const severities[] = {"info", "warning", "danger"};

gboolean tx_notice_put(Tx *tx, const char *code, NoticeSeverity severity, const char *person, const char *about,
                       const json_t *values, GError **error)
{
    g_autofree char *id = uuid7_new(node_env(tx_node(tx)));
    g_autoptr(json_t) none = json_object();
    g_autofree char *data = json_compact(values ? values : none, NULL);
    g_autoptr(DbQuery) put = db_query(
        tx_db(tx), "INSERT INTO notice (id, person, code, severity, about, since, data) VALUES (:id, :person, :code, "
                   ":severity, :about, :since, :data) ON CONFLICT (code, about) DO NOTHING");
    db_bind_text(put, "id", id);
    db_bind_text(put, "person", person);
    db_bind_text(put, "code", code);
    db_bind_text(put, "severity", severities[severity]);
    db_bind_text(put, "about", about);
    db_bind_integer(put, "since", tx_now_ms(tx));
    db_bind_text(put, "data", data);
    if (!db_run(put, error))
        return FALSE;
    if (db_changes(tx_db(tx)) > 0)
        tx_notify(tx, "notice", person ? AUDIENCE_PERSON : AUDIENCE_ADMINISTRATORS, person, id, code);
    return TRUE;
}

gboolean tx_notice_settle(Tx *tx, const char *code, const char *about, GError **error)
{
    g_autoptr(DbQuery) query = db_query(tx_db(tx), "DELETE FROM notice WHERE code = :code AND about = :about");
    db_bind_text(query, "code", code);
    db_bind_text(query, "about", about);
    return db_run(query, error);
}

static json_t *notice_json(const DbQuery *row)
{
    char since[TIME_TEXT_SIZE];
    time_write(since, db_integer(row, 2));
    const char *data = db_text(row, 3);
    json_t *values = json_loads(data, 0, NULL);
    return json_pack("{s:s, s:s, s:s, s:o}", "code", db_text(row, 0), "severity", db_text(row, 1), "since", since,
                     "values", values ? values : json_object());
}

json_t *notice_list(Db *db, const Principal *principal, GError **error)
{
    g_autoptr(json_t) list = json_array();
    g_autoptr(DbQuery) query = db_query(
        db, "SELECT code, severity, since, data FROM notice WHERE person = :person OR (:admin = 1 AND person IS NULL) "
            "ORDER BY since DESC, id DESC");
    db_bind_text(query, "person", principal->person);
    db_bind_integer(query, "admin", principal->admin);
    int step;
    while ((step = db_step(query, error)) > 0)
        json_array_append_new(list, notice_json(query));
    return step < 0 ? NULL : g_steal_pointer(&list);
}
