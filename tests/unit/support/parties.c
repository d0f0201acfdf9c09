#include "support/parties.h"
#include "ledger/core_acts.h"
#include "support/model.h"
#include <string.h>

#define SPACE "0190aaaa-0000-7000-8000-000000000001"

/* ---- a small feature ---- */

static const char *const investigator[] = {"investigator", NULL};
static const Field add_fields[] = {
    {"description", FIELD_TEXT, FIELD_PRIVATE, 1, 200, NULL, NULL, "What it is."},
    {"custodian", FIELD_TEXT, 0, 1, 200, NULL, NULL, "Who has it."},
    {0},
};
static const ActSet add_sets[] = {{"description", "description", NULL}, {"custodian", "custodian", NULL}, {0}};
static const Field correct_fields[] = {
    {"description", FIELD_TEXT, FIELD_PRIVATE, 1, 200, NULL, NULL, "What it is."},
    {0},
};
static const ActSet correct_sets[] = {{"description", "description", NULL}, {0}};
static const Field hand_fields[] = {
    {"home", FIELD_LEAF, FIELD_NULLABLE, 0, 0, NULL, NULL, "The title."},
    {"from", FIELD_TEXT, 0, 1, 200, NULL, NULL, "Who had it."},
    {"to", FIELD_TEXT, 0, 1, 200, NULL, NULL, "Who has it."},
    {0},
};
static const Field seal_fields[] = {
    {"home", FIELD_LEAF, FIELD_NULLABLE, 0, 0, NULL, NULL, "The title."},
    {0},
};
static const Field role_item = {.kind = FIELD_TEXT, .min = 1, .max = 64};
static const Field promote_fields[] = {
    {"who", FIELD_ID, 0, 0, 0, NULL, NULL, "The person."},
    {"roles", FIELD_LIST, FIELD_UNIQUE, 0, 0, NULL, &role_item, "What the person may do."},
    {0},
};
static const ActSet seal_sets[] = {{"state", NULL, "sealed"}, {0}};

static const char *hand_over(Entity *entity, const EntityRecord *record, const json_t *act)
{
    g_autoptr(GArray) custodians = entity_values_below(entity, record, "custodian");
    entity_set(entity, "custodian", json_string(json_text(act, "to")));
    if (entity_hole_below(entity, record))
        return NULL;
    for (guint i = 0; i < custodians->len; i++)
        if (g_strcmp0(json_string_value(g_array_index(custodians, EntityValue, i).value), json_text(act, "from")) == 0)
            return NULL;
    return "was not in that custody";
}

static const ActType feature[] = {
    {.name = "exhibit.added/1",
     .on = ACT_CREATES,
     .entity = "exhibit",
     .roles = investigator,
     .fields = add_fields,
     .sets = add_sets,
     .says = "Added an exhibit."},
    {.name = "exhibit.corrected/1",
     .on = ACT_ON_ENTITY,
     .entity = "exhibit",
     .roles = investigator,
     .fields = correct_fields,
     .sets = correct_sets,
     .says = "Corrected it."},
    {.name = "exhibit.handed_over/1",
     .on = ACT_ON_ENTITY,
     .entity = "exhibit",
     .roles = investigator,
     .flags = ACT_EXCLUSIVE,
     .fields = hand_fields,
     .apply = hand_over,
     .says = "Handed it over."},
    {.name = "exhibit.sealed/1",
     .on = ACT_ON_ENTITY,
     .entity = "exhibit",
     .roles = investigator,
     .flags = ACT_EXCLUSIVE | ACT_CONFIRM,
     .fields = seal_fields,
     .sets = seal_sets,
     .says = "Sealed it."},
    {.name = "person.promoted/1",
     .effect = ACT_INTRODUCE,
     .flags = ACT_LASTING,
     .fields = promote_fields,
     .says = "Vouched for a person, as a later version does."},
};

static ActTypes *types_without(const char *const *without)
{
    ActTypes *types = act_types_new();
    act_types_add(types, core_acts, core_acts_count);
    for (gsize i = 0; i < G_N_ELEMENTS(feature); i++)
        if (!without || !g_strv_contains(without, feature[i].name))
            act_types_add(types, &feature[i], 1);
    return types;
}

/* ---- parties ---- */

static void open_lane(Party *self)
{
    g_autoptr(GError) error = NULL;
    self->lane = lane_open(&self->context, lane_memory_store(self->memory), &error);
    g_assert_no_error(error);
}

static void party_free(gpointer data)
{
    Party *self = data;
    lane_free(self->lane);
    lane_memory_free(self->memory);
    g_free(self->name);
    g_free(self);
}

Party *parties_add(Parties *self, const char *name)
{
    Party *party = g_new0(Party, 1);
    party->name = g_strdup(name);
    world_init(&party->world);
    party->world.next += 1000 * (1 + self->all->len); /* chance of its own */
    party->memory = lane_memory_new(FALSE);
    party->context = self->context;
    party->context.node = party->name;
    party->context.env = &party->world.env;
    g_ptr_array_add(self->all, party);
    open_lane(party);
    return party;
}

Party *party_of(const Parties *self, guint index)
{
    return g_ptr_array_index(self->all, index);
}

static json_t *charter_members(guint count)
{
    json_t *parties = json_object();
    for (guint i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("%c.example", 'a' + (int)i);
        json_object_set_new(parties, name, json_pack("[s, s]", "exhibit", "person"));
    }
    return json_pack("{s:s, s:o, s:s, s:[], s:{}, s:s, s:n}", "kind", "team", "parties", parties, "lead", "a.example",
                     "deputies", "heirs", "basis", "agreement", "succeeds");
}

static void found(Parties *self, guint count)
{
    g_autoptr(GError) error = NULL;
    World world;
    world_init(&world);
    g_autoptr(json_t) members = charter_members(count);
    g_autoptr(GBytes) charter = lane_charter(&world.env, SPACE, "a.example", members, self->lane, &error);
    g_assert_no_error(error);
    self->context.space = SPACE;
    self->context.lane = self->lane;
    self->context.types = self->types;
    Party *founder = parties_add(self, "a.example");
    g_assert_true(lane_begin(founder->lane, charter, NULL, NULL, NULL, &error));
    g_assert_no_error(error);
}

Parties *parties_new_aged(guint count, const char *const *without)
{
    g_autoptr(GError) error = NULL;
    Parties *self = g_new0(Parties, 1);
    self->types = types_without(without);
    self->all = g_ptr_array_new_with_free_func(party_free);
    found(self, count);
    for (guint i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("%c.example", 'a' + (int)i);
        Party *party = i == 0 ? party_of(self, 0) : parties_add(self, name);
        party_send(party_of(self, 0), party);
        if (i > 0)
            g_assert_true(lane_begin(party->lane, NULL, NULL, NULL, NULL, &error));
        g_assert_no_error(error);
        name[1] = '\0';
        party_introduce(party, name, json_pack("[s, s]", "investigator", "prosecutor"), json_array(), FALSE);
    }
    parties_share(self);
    return self;
}

Parties *parties_new(guint count)
{
    return parties_new_aged(count, NULL);
}

void parties_free(Parties *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->all);
    act_types_free(self->types);
    g_free(self);
}

/* ---- sending ---- */

static Span span_of(GBytes *bytes)
{
    Span span = {0};
    if (bytes)
        span.at = g_bytes_get_data(bytes, &span.length);
    return span;
}

LaneTaken party_send_one(Party *from, Party *to, Place at, gboolean bodies)
{
    g_autoptr(GError) error = NULL;
    g_auto(RecordRow) row = {0};
    Hash root;
    LaneTaken taken;
    gboolean sent = lane_record(from->lane, at, RECORD_HEADER | RECORD_ACT | RECORD_CONFIRMATION, &row, &error) &&
                    lane_root(from->lane, at.line, at.seq + 1, &root, &error);
    g_assert_no_error(error);
    g_assert_true(sent);
    const LineRow *line = lane_line(from->lane, at.line);
    LaneArrival arrival = {
        .node = line->node, .epoch = line->epoch, .seq = at.seq, .header = span_of(row.header), .root = &root};
    if (bodies) {
        arrival.act = span_of(row.act);
        arrival.confirmation = span_of(row.confirmation);
    }
    sent = lane_take(to->lane, &arrival, &taken, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(sent);
    return taken;
}

void party_send(Party *from, Party *to)
{
    for (guint32 i = 0; from != to && i < lane_line_count(from->lane); i++) {
        const LineRow *line = lane_line(from->lane, i);
        for (guint64 seq = line->start; seq < line->size; seq++)
            party_send_one(from, to, (Place){i, seq}, TRUE);
    }
}

void parties_share(Parties *self)
{
    for (guint round = 0; round < 2; round++)
        for (guint from = 0; from < self->all->len; from++)
            for (guint to = 0; to < self->all->len; to++)
                party_send(party_of(self, from), party_of(self, to));
}

void party_restart(Party *self)
{
    g_autoptr(GError) error = NULL;
    gboolean saved = lane_save(self->lane, &error);
    g_assert_no_error(error);
    g_assert_true(saved);
    lane_free(self->lane);
    open_lane(self);
}

/* ---- writing ---- */

gboolean party_try(Party *self, const char *type, const char *person, const char *subject, json_t *members,
                   GError **error)
{
    g_autoptr(json_t) taken = members;
    LaneAct act = {.type = type, .person = person, .subject = subject, .members = taken};
    guint64 size = lane_line(self->lane, lane_own_line(self->lane))->size;
    gboolean done = lane_append(self->lane, &act, NULL, error);
    g_assert_cmpuint(lane_line(self->lane, lane_own_line(self->lane))->size, ==, size + (done ? 1 : 0));
    return done;
}

LaneAppended party_do_after(Party *self, const char *type, const char *person, const char *subject, const Hash *prev,
                            guint prev_count, json_t *members)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) taken = members;
    LaneAppended appended;
    LaneAct act = {
        .type = type, .person = person, .subject = subject, .members = taken, .prev = prev, .prev_count = prev_count};
    self->world.now += 1000;
    gboolean done = lane_append(self->lane, &act, &appended, &error) &&
                    lane_attest(self->lane, appended.at.line, appended.size, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    return appended;
}

LaneAppended party_do(Party *self, const char *type, const char *person, const char *subject, json_t *members)
{
    return party_do_after(self, type, person, subject, NULL, 0, members);
}

void party_introduce(Party *self, const char *person, json_t *roles, json_t *credentials, gboolean machine)
{
    party_do(self, "person.introduced/1", "", NULL,
             json_pack("{s:s, s:o, s:o, s:b}", "who", person, "roles", roles, "credentials", credentials, "machine",
                       machine));
}

/* ---- reading ---- */

RecordClass party_class(Party *self, const Hash *leaf, const char **reason)
{
    g_autoptr(GError) error = NULL;
    RecordClass class = RECORD_WAITING;
    for (guint32 i = 0; i < lane_line_count(self->lane); i++) {
        const LineRow *line = lane_line(self->lane, i);
        for (guint64 seq = line->start; seq < line->size; seq++) {
            g_auto(RecordRow) row = {0};
            g_assert_true(lane_record(self->lane, (Place){i, seq}, 0, &row, &error));
            if (!hash_equal(&row.leaf, leaf))
                continue;
            g_assert_true(lane_class(self->lane, (Place){i, seq}, &class, reason, &error));
            return class;
        }
    }
    g_assert_not_reached();
}

const Entity *party_entity(Party *self, const char *subject)
{
    g_autoptr(GError) error = NULL;
    const Entity *entity = lane_entity(self->lane, subject, &error);
    g_assert_no_error(error);
    return entity;
}

static gboolean check_subject(gpointer data, const char *subject, GError **error)
{
    Party *self = data;
    const LaneStore *store = lane_memory_store(self->memory);
    g_autoptr(Entity) again = lane_fold(self->lane, subject, error);
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place)), heads = entity_heads(again);
    g_autofree char *kept = entity_tag(party_entity(self, subject)), *fresh = entity_tag(again);
    g_autoptr(GHashTable) leaves = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_assert_cmpstr(kept, ==, fresh);
    g_assert_true(store->class->heads(store->store, subject, places, error));
    for (guint i = 0; i < places->len; i++) {
        g_auto(RecordRow) row = {0};
        g_assert_true(lane_record(self->lane, g_array_index(places, Place, i), 0, &row, error));
        g_hash_table_add(leaves, hash_text(&row.leaf));
    }
    g_assert_cmpuint(g_hash_table_size(leaves), ==, heads->len);
    for (guint i = 0; i < heads->len; i++) {
        g_autofree char *leaf = hash_text(&g_array_index(heads, Hash, i));
        g_assert_true(g_hash_table_contains(leaves, leaf));
    }
    return TRUE;
}

void party_check(Party *self)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(lane_subjects(self->lane, check_subject, self, &error));
    g_autofree char *before = party_digest(self);
    party_restart(self);
    g_autofree char *after = party_digest(self);
    g_assert_cmpstr(before, ==, after);
}

char *party_digest(Party *self)
{
    return model_digest(self->lane);
}
