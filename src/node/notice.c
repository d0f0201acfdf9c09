/* node/notice.c: see notice.h. */
#include "node/notice.h"
#include "base/error.h"
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
    g_autoptr(DbQuery) gone = db_query(tx_db(tx), "DELETE FROM notice_dismissed WHERE notice IN (SELECT id FROM notice "
                                                  "WHERE code = :code AND about = :about)");
    db_bind_text(gone, "code", code);
    db_bind_text(gone, "about", about);
    if (!db_run(gone, error))
        return FALSE;
    g_autoptr(DbQuery) query = db_query(tx_db(tx), "DELETE FROM notice WHERE code = :code AND about = :about");
    db_bind_text(query, "code", code);
    db_bind_text(query, "about", about);
    return db_run(query, error);
}

#define CONCERNS "(person = :person OR (:admin = 1 AND person IS NULL))"

static void bind_whom(DbQuery *query, const Principal *principal)
{
    db_bind_text(query, "person", principal->person);
    db_bind_integer(query, "admin", principal->admin);
}

gboolean tx_notice_dismiss(Tx *tx, const Principal *person, const char *id, GError **error)
{
    g_autoptr(DbQuery) find = db_query(tx_db(tx), "SELECT severity FROM notice WHERE id = :id AND " CONCERNS);
    db_bind_text(find, "id", id);
    bind_whom(find, person);
    int row = db_step(find, error);
    if (row == 0)
        error_set(error, COMITY_ERROR_NOT_FOUND, "notice.unknown", "", "There is no such notice for you.");
    if (row <= 0)
        return FALSE;
    if (g_str_equal(db_text(find, 0), severities[NOTICE_DANGER])) {
        error_set(error, COMITY_ERROR_CONFLICT, "notice.danger", "",
                  "This stands until what it speaks of is settled; it can't be let go.");
        return FALSE;
    }
    g_autoptr(DbQuery) put = db_query(tx_db(tx), "INSERT INTO notice_dismissed (notice, person) VALUES (:id, :person) "
                                                 "ON CONFLICT (notice, person) DO NOTHING");
    db_bind_text(put, "id", id);
    db_bind_text(put, "person", person->person);
    return db_run(put, error);
}

static json_t *notice_json(const DbQuery *row)
{
    char since[TIME_TEXT_SIZE];
    time_write(since, db_integer(row, 3));
    const char *data = db_text(row, 4);
    json_t *values = json_loads(data, 0, NULL);
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", db_text(row, 0), "code", db_text(row, 1), "severity",
                     db_text(row, 2), "since", since, "values", values ? values : json_object());
}

json_t *notice_list(Db *db, const Principal *principal, gboolean all, GError **error)
{
    g_autoptr(json_t) list = json_array();
    g_autoptr(DbQuery) query = db_query(
        db,
        "SELECT id, code, severity, since, data FROM notice WHERE " CONCERNS " AND (:all = 1 OR NOT EXISTS (SELECT 1 "
        "FROM notice_dismissed d WHERE d.notice = notice.id AND d.person = :person)) ORDER BY since DESC, id DESC");
    bind_whom(query, principal);
    db_bind_integer(query, "all", all);
    int step;
    while ((step = db_step(query, error)) > 0)
        json_array_append_new(list, notice_json(query));
    return step < 0 ? NULL : g_steal_pointer(&list);
}
