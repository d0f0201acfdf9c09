/* append.c: writing the own feed. An act is judged as everybody else will judge it before anything is stored: what
 * would be void is refused, with the reason. So nothing that this node acknowledged is void at another.
 *   W1  Bytes that a person confirmed are used as they are; only the header is made when they are appended.
 *   W2  The header names what the feed has not named yet; its height follows from that.
 *   W3  `time` never runs backwards within a feed, whatever the clock does. */
#include "base/error.h"
#include "base/text.h"
#include "ledger/lane_private.h"
#include <string.h>

#define EPOCH_BYTES 8
#define HEADER_OTHER 900 /* bytes of a header beside prev and seen, at most */
#define PREV_WIDTH 67
#define CHARTERED "lane.chartered/1"

/* What goes into the header beside the lane's own. */
typedef struct {
    LaneLine *line;
    GBytes *act;
    char *person, *subject;
    GArray *prev;   /* of Hash */
    gboolean heads; /* prev are the heads of now: those that can't be named are left out */
    gboolean lasting;
    GBytes *confirmation;
    const char *whole_fork;
    gboolean preparing;
} Writing;

static void writing_clear(Writing *self)
{
    g_clear_pointer(&self->act, g_bytes_unref);
    g_clear_pointer(&self->prev, g_array_unref);
    g_clear_pointer(&self->confirmation, g_bytes_unref);
    g_free(self->person);
    g_free(self->subject);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Writing, writing_clear)

static gboolean refuse(GError **error, ComityError kind, const char *message)
{
    error_set(error, kind, CODE_VOID, "", "%s", message);
    return FALSE;
}

/* ---- the header ---- */

static gboolean height_above(Lane *self, const LaneNews *news, guint64 *above, GError **error)
{
    for (guint i = 0; i < news->entries->len; i++) {
        g_auto(RecordRow) row = {0};
        guint64 size = g_array_index(news->entries, SeenEntry, i).size;
        Place at = lane_resolve(self, g_array_index(news->lines, guint32, i), size - 1);
        if (!lane_record(self, at, 0, &row, error))
            return FALSE;
        *above = MAX(*above, row.height);
    }
    return TRUE;
}

static GBytes *write_header(Lane *self, Writing *it, GError **error)
{
    g_auto(LaneNews) news = {0};
    LaneLine *line = it->line;
    gsize room = HEADER_LIMIT - HEADER_OTHER - it->prev->len * PREV_WIDTH;
    if (!lane_tip(self, line, error) || !lane_news(self, line, it->whole_fork, it->prev, it->heads, room, &news, error))
        return NULL;
    guint64 above = line->row.size > 0 ? line->height : 0;
    if (!height_above(self, &news, &above, error))
        return NULL;
    gsize length;
    gconstpointer act = g_bytes_get_data(it->act, &length);
    HeaderParts parts = {.space = self->space,
                         .lane = self->id,
                         .node = line->feed->node,
                         .epoch = line->feed->epoch,
                         .seq = line->row.size,
                         .height = above + 1,
                         .time_ms = MAX(env_now_ms(self->context.env), line->row.size > 0 ? line->time_ms : 0), /* W3 */
                         .person = it->person,
                         .subject = it->subject,
                         .prev = (const Hash *)(gconstpointer)it->prev->data,
                         .prev_count = it->prev->len,
                         .act = sha256(act, length),
                         .lasting = it->lasting,
                         .seen = (const SeenEntry *)(gconstpointer)news.entries->data,
                         .seen_count = news.entries->len};
    Hash confirmation;
    if (it->confirmation) {
        gconstpointer bytes = g_bytes_get_data(it->confirmation, &length);
        confirmation = sha256(bytes, length);
        parts.confirmation = &confirmation;
    }
    return header_write(&parts);
}

/* ---- the verdict beforehand ---- */

static gboolean refuse_void(Candidate *it, const char *why, GError **error)
{
    if (it->invalid) {
        g_propagate_error(error, g_steal_pointer(&it->invalid));
        return FALSE;
    }
    error_set(error, it->kind, CODE_VOID, "", "The act would be void: %s.", why);
    return FALSE;
}

static gboolean judge_beforehand(Lane *self, Candidate *it, GError **error)
{
    Placing placing;
    RecordClass class;
    const char *why = "its act says otherwise than its header";
    if (it->found.fits && !place_check(self, it, &placing, &why, error))
        return FALSE;
    if (!it->found.fits || placing != PLACE_YES) {
        it->kind = COMITY_ERROR_CONFLICT;
        return refuse_void(it, why ? why : "it waits for others", error);
    }
    if (!lane_judge(self, it, &class, &why, error))
        return FALSE;
    if (class == RECORD_VALID)
        return TRUE;
    it->kind = class == RECORD_VOID ? it->kind : COMITY_ERROR_INVALID;
    return refuse_void(it, class == RECORD_VOID ? why : record_class_name(class), error);
}

/* ---- storing ---- */

static gboolean store(Lane *self, Candidate *it, GBytes *header, LaneAppended *appended, GError **error)
{
    LaneGrowth growth;
    LaneLine *line = it->line;
    RecordNew record = {.header = it->header, .act = &it->act_bytes};
    record.header_bytes.at = g_bytes_get_data(header, &record.header_bytes.length);
    record.confirmation = it->confirmation.at ? &it->confirmation : NULL;
    if (!lane_line_frontier(self, line, error))
        return FALSE;
    if (line->row.size == 0 && !self->store.class->line_put(self->store.store, &line->row, error))
        return FALSE;
    lane_grow(self, line, &it->leaf, NULL, NULL, &growth, &record);
    if (!lane_take_up(self, it, RECORD_VALID, "", &record, error) || !lane_settle(self, error) ||
        (self->limited && !lane_count(self, FALSE, error)))
        return FALSE;
    if (appended)
        *appended = (LaneAppended){.at = it->at,
                                   .leaf = it->leaf,
                                   .act = it->header->act,
                                   .root = merkle_frontier_root(line->frontier),
                                   .size = it->at.seq + 1,
                                   .height = it->header->height,
                                   .time_ms = it->header->time_ms};
    return TRUE;
}

static gboolean write_record(Lane *self, Writing *it, LaneAppended *appended, GError **error)
{
    g_autoptr(GBytes) bytes = write_header(self, it, error);
    if (!bytes)
        return FALSE;
    Header header;
    const char *reason;
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    if (!header_scan(text, length, &header, &reason))
        return refuse(error, COMITY_ERROR_INVALID, reason);
    g_auto(Candidate) candidate;
    candidate_init(&candidate, it->line, it->line->row.size, &header, merkle_leaf(text, length));
    candidate.preparing = it->preparing;
    Span act = {0}, confirmation = {0};
    act.at = g_bytes_get_data(it->act, &act.length);
    if (it->confirmation)
        confirmation.at = g_bytes_get_data(it->confirmation, &confirmation.length);
    candidate_bodies(self, &candidate, act, confirmation);
    if (!judge_beforehand(self, &candidate, error))
        return FALSE;
    return it->preparing || store(self, &candidate, bytes, appended, error);
}

/* ---- from an act to a record ---- */

static gboolean take_heads(Lane *self, Writing *it, GError **error)
{
    g_autoptr(GArray) heads = lane_heads(self, it->subject, error);
    if (!heads)
        return FALSE;
    for (guint i = 0; i < heads->len && it->prev->len < PREV_MAX; i++) {
        Hash leaf;
        gboolean again = FALSE;
        if (!lane_leaf(self, g_array_index(heads, Place, i), &leaf, error))
            return FALSE;
        for (guint k = 0; k < it->prev->len; k++)
            again = again || hash_equal(&g_array_index(it->prev, Hash, k), &leaf);
        if (!again)
            g_array_append_val(it->prev, leaf);
    }
    it->heads = TRUE;
    return TRUE;
}

static gboolean make_act(Lane *self, const LaneAct *act, Writing *it, GError **error)
{
    const ActType *type = act_types_find(self->context.types, act->type);
    if (!type)
        return refuse(error, COMITY_ERROR_INVALID, "There is no act of this type.");
    it->person = g_strdup(act->person);
    it->subject = g_strdup(act->subject ? act->subject : self->id);
    it->lasting = (type->flags & ACT_LASTING) != 0;
    if (type->on == ACT_ON_ENTITY || type->on == ACT_CREATES_OR_CHANGES) {
        if (act->prev)
            g_array_append_vals(it->prev, act->prev, act->prev_count);
        else if (!take_heads(self, it, error))
            return FALSE;
    }
    g_autoptr(json_t) none = act->members ? NULL : json_object();
    ActParts parts = {.space = self->space,
                      .lane = self->id,
                      .node = it->line->feed->node,
                      .person = it->person,
                      .subject = it->subject,
                      .type = act->type,
                      .prev = (const Hash *)(gconstpointer)it->prev->data,
                      .prev_count = it->prev->len,
                      .lasting = it->lasting,
                      .members = act->members ? act->members : none};
    it->act = act_write(&parts, self->context.env, error);
    return it->act != NULL;
}

/* Takes what the header repeats from bytes that were made before (W1). */
static gboolean take_prepared(GBytes *prepared, Writing *it, GError **error)
{
    gsize length;
    const char *bytes = g_bytes_get_data(prepared, &length);
    g_autoptr(json_t) act = json_strict_parse(bytes, length, ACT_LIMIT, error);
    if (!act)
        return FALSE;
    it->act = g_bytes_ref(prepared);
    it->person = g_strdup(json_text(act, "person"));
    it->subject = g_strdup(json_text(act, "subject"));
    it->lasting = json_is_true_at(act, "lasting");
    if (!it->person || !it->subject)
        return refuse(error, COMITY_ERROR_INVALID, "The prepared act names no person or no subject.");
    const json_t *prev = json_object_get(act, "prev");
    for (gsize i = 0; i < json_array_size(prev); i++) {
        Hash leaf;
        const char *text = json_string_value(json_array_get(prev, i));
        if (!text || strlen(text) != 2 * HASH_SIZE || !hash_read(text, &leaf))
            return refuse(error, COMITY_ERROR_INVALID, "The prepared act names what is no leaf.");
        g_array_append_val(it->prev, leaf);
    }
    return TRUE;
}

static gboolean is_writable(const Lane *self, GError **error)
{
    if (self->own == LINE_NONE)
        return refuse(error, COMITY_ERROR_CONFLICT, "This node has not begun to write in the lane.");
    const LaneLine *line = lane_line_at(self, self->own);
    if (line->feed->forked_at != SEQ_NONE || line->row.placed != line->row.size)
        return refuse(error, COMITY_ERROR_CONFLICT, "This node's feed can't go on in this epoch; begin a new one.");
    return TRUE;
}

static gboolean begin_writing(Lane *self, const LaneAct *act, Writing *it, GError **error)
{
    if (!is_writable(self, error))
        return FALSE;
    it->line = lane_line_at(self, self->own);
    it->prev = g_array_new(FALSE, FALSE, sizeof(Hash));
    it->whole_fork = act->whole_fork;
    if (!lane_line_past(self, it->line, error))
        return FALSE;
    return act->prepared ? take_prepared(act->prepared, it, error) : make_act(self, act, it, error);
}

gboolean lane_append(Lane *self, const LaneAct *act, LaneAppended *appended, GError **error)
{
    g_auto(Writing) writing = {0};
    if (!begin_writing(self, act, &writing, error))
        return FALSE;
    writing.confirmation = act->confirmation ? g_bytes_ref(act->confirmation) : NULL;
    return write_record(self, &writing, appended, error);
}

GBytes *lane_prepare(Lane *self, const LaneAct *act, GError **error)
{
    g_auto(Writing) writing = {0};
    if (!begin_writing(self, act, &writing, error))
        return NULL;
    writing.preparing = TRUE;
    return write_record(self, &writing, NULL, error) ? g_steal_pointer(&writing.act) : NULL;
}

/* ---- beginning a feed ---- */

GBytes *lane_charter(const Env *env, const char *space, const char *node, const json_t *members,
                     char lane[HASH_HEX_SIZE], GError **error)
{
    ActParts parts = {
        .space = space, .node = node, .person = "", .type = CHARTERED, .lasting = TRUE, .members = members};
    GBytes *act = act_write(&parts, env, error);
    if (!act)
        return NULL;
    gsize length;
    gconstpointer bytes = g_bytes_get_data(act, &length);
    Hash hash = sha256(bytes, length);
    hash_write(lane, &hash);
    return act;
}

static const ActType *type_with(const ActTypes *types, ActEffect effect)
{
    const GPtrArray *all = act_types_all(types);
    for (guint i = 0; i < all->len; i++)
        if (((const ActType *)g_ptr_array_index(all, i))->effect == effect)
            return g_ptr_array_index(all, i);
    return NULL;
}

static gboolean has_other_epoch(const Lane *self)
{
    for (guint i = 0; i < self->lines->len; i++)
        if (g_strcmp0(lane_line(self, i)->node, self->node) == 0 && lane_line(self, i)->placed > 0)
            return TRUE;
    return FALSE;
}

static gboolean make_opening(Lane *self, const Hash *under, const char *reason, Writing *it, GError **error)
{
    gboolean again = has_other_epoch(self);
    const ActType *type = type_with(self->context.types, again ? ACT_CONTINUE : ACT_JOIN);
    g_autofree char *leaf = under ? hash_text(under) : NULL;
    g_autoptr(json_t) members = json_pack("{s:s?}", "under", leaf);
    if (again)
        json_object_set_new(members, "reason", json_string(reason));
    LaneAct act = {.type = type ? type->name : "", .person = "", .members = members};
    return make_act(self, &act, it, error);
}

static LaneLine *add_own_line(Lane *self)
{
    guint8 random[EPOCH_BYTES];
    env_random(self->context.env, random, sizeof random);
    g_autofree char *epoch = hex_encode(random, sizeof random);
    Span node = {self->node, strlen(self->node)}, text = {epoch, EPOCH_SIZE};
    return lane_line_add(self, lane_feed_made(self, node, text), LINE_NONE, 0);
}

gboolean lane_begin(Lane *self, GBytes *charter, const Hash *under, const char *reason, LaneAppended *appended,
                    GError **error)
{
    g_auto(Writing) writing = {0};
    writing.line = add_own_line(self);
    writing.prev = g_array_new(FALSE, FALSE, sizeof(Hash));
    gboolean made;
    if (charter) {
        writing.act = g_bytes_ref(charter);
        writing.person = g_strdup("");
        writing.subject = g_strdup(self->id);
        writing.lasting = TRUE;
        made = TRUE;
    } else {
        made = make_opening(self, under, reason, &writing, error);
    }
    guint32 line = writing.line->row.line;
    writing.line->row.own = TRUE;
    if (!made || !write_record(self, &writing, appended, error)) {
        if (writing.line->row.size == 0)
            lane_line_drop(self, writing.line);
        return FALSE;
    }
    if (self->own != LINE_NONE) {
        lane_line_at(self, self->own)->row.own = FALSE;
        lane_line_at(self, self->own)->dirty = TRUE;
    }
    self->own = line;
    return TRUE;
}

/* ---- forks ---- */

static gboolean is_reported(const Lane *self, const char *name)
{
    for (guint i = 0; i < self->fork_reports->len; i++) {
        const LaneForkReport *report = g_ptr_array_index(self->fork_reports, i);
        if (report->at.line == self->own && g_strcmp0(report->feed, name) == 0)
            return TRUE;
    }
    return FALSE;
}

GPtrArray *lane_forks_to_report(const Lane *self)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < self->feeds->len; i++) {
        const LaneFeed *feed = g_ptr_array_index(self->feeds, i);
        g_autofree char *name = g_strdup_printf("%s/%s", feed->node, feed->epoch);
        gboolean own = self->own != LINE_NONE && feed == lane_line_at(self, self->own)->feed;
        if (feed->forked_at != SEQ_NONE && !own && !is_reported(self, name))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
    return names;
}
