#include "support/forger.h"
#include <string.h>

#define SPACE "0190aaaa-0000-7000-8000-000000000001"

Forger *forger_new_epoch(Party *party, const char *epoch)
{
    Forger *self = g_new0(Forger, 1);
    self->party = party;
    self->epoch = g_strdup(epoch);
    self->frontier = merkle_frontier_new();
    self->time_ms = party->world.now;
    return self;
}

Forger *forger_new(Party *party, guint64 size)
{
    g_autoptr(GError) error = NULL;
    const LineRow *line = lane_line(party->lane, lane_own_line(party->lane));
    Forger *self = forger_new_epoch(party, line->epoch);
    for (guint64 seq = 0; seq < MIN(size, line->size); seq++) {
        g_auto(RecordRow) row = {0};
        g_assert_true(lane_record(party->lane, lane_resolve(party->lane, line->line, seq), 0, &row, &error));
        merkle_frontier_append_leaf(self->frontier, &row.leaf, NULL, NULL);
        self->height = row.height;
        self->time_ms = row.time_ms;
    }
    return self;
}

Forger *forger_copy(const Forger *self)
{
    Forger *copy = g_memdup2(self, sizeof *self);
    copy->epoch = g_strdup(self->epoch);
    copy->frontier = merkle_frontier_copy(self->frontier);
    return copy;
}

void forger_free(Forger *self)
{
    if (!self)
        return;
    merkle_frontier_free(self->frontier);
    g_free(self->epoch);
    g_free(self);
}

void forged_free(Forged *self)
{
    if (!self)
        return;
    g_bytes_unref(self->header);
    g_bytes_unref(self->act);
    g_free(self->node);
    g_free(self->epoch);
    g_free(self);
}

static GBytes *forge_act(Forger *self, const Forging *what)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) members = what->members ? what->members : json_object();
    if (what->act)
        return g_bytes_ref(what->act);
    ActParts parts = {.space = SPACE,
                      .lane = lane_id(self->party->lane),
                      .node = self->party->context.node,
                      .person = what->person ? what->person : "",
                      .subject = what->subject ? what->subject : lane_id(self->party->lane),
                      .type = what->type,
                      .prev = what->prev,
                      .prev_count = what->prev_count,
                      .lasting = what->lasting,
                      .members = members};
    GBytes *act = act_write(&parts, &self->party->world.env, &error);
    g_assert_no_error(error);
    return act;
}

Forged *forger_write(Forger *self, Forging what)
{
    Forged *made = g_new0(Forged, 1);
    made->act = forge_act(self, &what);
    made->node = g_strdup(self->party->context.node);
    made->epoch = g_strdup(self->epoch);
    made->seq = merkle_frontier_size(self->frontier);
    guint64 height = MAX(self->height, what.above) + 1;
    HeaderParts parts = {.space = SPACE,
                         .lane = lane_id(self->party->lane),
                         .node = made->node,
                         .epoch = self->epoch,
                         .seq = made->seq + (guint64)what.seq_off,
                         .height = height + (guint64)what.height_off,
                         .time_ms = self->time_ms + what.time_off_ms,
                         .person = what.person ? what.person : "",
                         .subject = what.subject ? what.subject : lane_id(self->party->lane),
                         .prev = what.prev,
                         .prev_count = what.prev_count,
                         .act = sha256(g_bytes_get_data(made->act, NULL), g_bytes_get_size(made->act)),
                         .lasting = what.lasting,
                         .seen = what.seen,
                         .seen_count = what.seen_count};
    made->header = header_write(&parts);
    made->leaf = merkle_leaf(g_bytes_get_data(made->header, NULL), g_bytes_get_size(made->header));
    merkle_frontier_append_leaf(self->frontier, &made->leaf, NULL, NULL);
    made->root = merkle_frontier_root(self->frontier);
    self->height = height;
    return made;
}

LaneTaken forged_send(const Forged *self, Party *to)
{
    g_autoptr(GError) error = NULL;
    LaneTaken taken;
    LaneArrival arrival = {.node = self->node, .epoch = self->epoch, .seq = self->seq, .root = &self->root};
    arrival.header.at = g_bytes_get_data(self->header, &arrival.header.length);
    arrival.act.at = g_bytes_get_data(self->act, &arrival.act.length);
    gboolean done = lane_take(to->lane, &arrival, &taken, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    return taken;
}

SeenEntry forger_seen(Party *party, guint32 line, guint64 size, guint64 *height)
{
    g_autoptr(GError) error = NULL;
    const LineRow *row = lane_line(party->lane, line);
    SeenEntry entry = {.size = size};
    g_auto(RecordRow) last = {0};
    entry.node = (Span){row->node, strlen(row->node)};
    entry.epoch = (Span){row->epoch, strlen(row->epoch)};
    g_assert_true(lane_root(party->lane, line, size, &entry.root, &error));
    g_assert_true(lane_record(party->lane, lane_resolve(party->lane, line, size - 1), 0, &last, &error));
    *height = MAX(*height, last.height);
    return entry;
}
