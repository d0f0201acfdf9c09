/* features/people/expiry.c: once an hour: what is about to end is told to the administrators, what has ended or was
 * used is not told any more. */
#include "base/error.h"
#include "features/people/private.h"
#include "node/job.h"
#include "node/notice.h"
#include "node/view.h"

#define INVITATION_SOON_MS ((gint64)24 * 60 * 60 * 1000)
#define TOKEN_SOON_MS ((gint64)14 * 24 * 60 * 60 * 1000)

/* @ending: (id, person's name, until) of what ends between :now and :soon. @over: notices about what no longer does. */
typedef struct {
    const char *code, *ending, *over;
    gint64 soon_ms;
} Kind;
static const Kind kinds[] = {
    {"invitation.expiring",
     "SELECT i.id, p.name, i.expires FROM people_invitation i JOIN people_person p ON p.person = i.person WHERE "
     "i.state = "
     "'open' AND i.expires > :now AND i.expires <= :soon",
     "DELETE FROM notice WHERE code = 'invitation.expiring' AND about NOT IN (SELECT i.id FROM people_invitation i "
     "WHERE "
     "i.state = 'open' AND i.expires > :now)",
     INVITATION_SOON_MS},
    {"token.expiring",
     "SELECT t.id, t.name, t.expires FROM people_token t WHERE t.expires > :now AND t.expires <= :soon",
     "DELETE FROM notice WHERE code = 'token.expiring' AND about NOT IN (SELECT t.id FROM people_token t WHERE "
     "t.expires > "
     ":now)",
     TOKEN_SOON_MS},
};

static gboolean tell(Tx *tx, const Kind *kind, GError **error)
{
    g_autoptr(DbQuery) query = db_query(tx_db(tx), kind->ending);
    db_bind_integer(query, "now", tx_now_ms(tx));
    db_bind_integer(query, "soon", tx_now_ms(tx) + kind->soon_ms);
    int row;
    while ((row = db_step(query, error)) > 0) {
        g_autoptr(json_t) values = json_pack("{s:s, s:s, s:o}", "id", db_text(query, 0), "name", db_text(query, 1),
                                             "expires", view_time(db_integer(query, 2)));
        if (!tx_notice_put(tx, kind->code, NOTICE_INFO, NULL, db_text(query, 0), values, error))
            return FALSE;
    }
    return row == 0;
}

static gboolean look(Tx *tx, gpointer data, GError **error)
{
    (void)data;
    for (gsize n = 0; n < G_N_ELEMENTS(kinds); n++) {
        g_autoptr(DbQuery) over = db_query(tx_db(tx), kinds[n].over);
        db_bind_integer(over, "now", tx_now_ms(tx));
        if (!db_run(over, error) || !tell(tx, &kinds[n], error))
            return FALSE;
    }
    return TRUE;
}

gboolean people_look_for_endings(Node *node, Job *job, GError **error)
{
    (void)job;
    return node_write(node, look, NULL, error);
}
