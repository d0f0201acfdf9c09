/* ledger/entity.h: the fold of one entity: its state is fold(its valid records in canonical order).
 *
 * Idea: each field of an entity holds every value that no later one replaced. A value replaces those that its record
 * descends from by `prev`, and no others: two people who did not see each other both stand, until an act names both.
 * Features read the standing values and write rows; the fold itself knows no feature, only their tables (act.h).
 *   E1  Pure: the state is a function of the counted records of this subject, whatever order they arrived in. Applying
 *       a record that sorts last and folding all again give the same state.
 *   E2  Every counted record keeps its place in descent, also void, actless, unknown and erased ones: descent comes
 *       from headers alone.
 *   E3  An act applies once, at its first place in canonical order.
 *   E4  An act for another kind of entity, or an impossible step, has no effect here (it is idle, with the reason).
 * Whatever is returned is borrowed and good until the entity changes or is freed, unless it says New. */
#pragma once
#include "ledger/act.h"
#include "ledger/lane_store.h"

/* One counted record of the entity. */
struct EntityRecord {
    Hash leaf;
    Hash act; /* hash of its act */
    Place at;
    guint64 height;
    gint64 time_ms; /* a claim */
    const char *node, *epoch;
    const char *person; /* "": the node itself */
    RecordClass class;
    const char *reason;  /* why it is void, "" otherwise */
    const char *idle;    /* why a valid act had no effect; NULL: it had */
    const ActType *type; /* NULL unless valid */
    gboolean lasting;
    gboolean confirmed; /* by a person's passkey */
    gboolean repeated;  /* the same act stands earlier: not applied again (E3) */
    guint index;        /* in canonical order */
};

typedef struct {
    const json_t *value;
    Hash leaf;                  /* of the record that set it */
    const EntityRecord *record; /* the same */
} EntityValue;

const char *entity_subject(const Entity *self); /* "<node>/<id>", or the lane id */
const char *entity_creator(const Entity *self); /* the node in it; "" for the lane */
const char *entity_id(const Entity *self);      /* after the slash; the lane id for the lane */
gboolean entity_is_lane(const Entity *self);
/* "exhibit"; "" while no valid act said so; "lane". */
const char *entity_kind(const Entity *self);

/* Standing values of @field, in canonical order of the records that set them. New array of EntityValue; empty: unset.
 * More than one: contested. */
GArray *entity_values(const Entity *self, const char *field);
const json_t *entity_value(const Entity *self, const char *field); /* the first of them, or NULL */
const char *entity_text(const Entity *self, const char *field);    /* the same where it is a text, or NULL */
gint64 entity_integer(const Entity *self, const char *field, gint64 fallback);
gboolean entity_is_contested(const Entity *self, const char *field);
/* Every value that @field ever had, in canonical order. New array of EntityValue. */
GArray *entity_history(const Entity *self, const char *field);
/* Names of the fields ever set, ascending. New array (of const char *). */
GPtrArray *entity_fields(const Entity *self);

/* Records that nothing in the entity descends from: what the next act names in `prev`. New array of Hash, ascending. */
GArray *entity_heads(const Entity *self);
/* The heads as one short text, an ETag without quotes: changes exactly when the heads do. New string. */
char *entity_tag(const Entity *self);
/* Nodes that hold the home; usually one. New array of const char *, ascending. Empty for the lane. */
GPtrArray *entity_homes(const Entity *self);
/* Leaves of the titles that stand: zero hash for the creation's, else the leaf of a home.accepted. New, of Hash. */
GArray *entity_titles(const Entity *self);
/* The offer of a home that no answer has ended yet, for @title; NULL: none. */
const EntityRecord *entity_open_offer(const Entity *self, const Hash *title);
/* Erased and unknown records: what is missing from the picture. New array of const EntityRecord *, canonical order. */
GPtrArray *entity_holes(const Entity *self);
/* Valid records without effect (E4), with `idle`. New array of const EntityRecord *. */
GPtrArray *entity_idle(const Entity *self);

/* All counted records, in canonical order. */
guint entity_record_count(const Entity *self);
const EntityRecord *entity_record(const Entity *self, guint index);
const EntityRecord *entity_record_by_leaf(const Entity *self, const Hash *leaf);
/* The first and the last valid record that had an effect; NULL: none. For "created" and "changed". */
const EntityRecord *entity_first(const Entity *self);
const EntityRecord *entity_last(const Entity *self);
/* The act of @record, read again from the store. New reference; NULL where it isn't here, or erased, or doesn't fit. */
json_t *entity_act(const Entity *self, const EntityRecord *record);
/* Does @later descend from @earlier by `prev`? */
gboolean entity_descends(const Entity *self, const EntityRecord *later, const EntityRecord *earlier);

/* For ActType.apply. The values of @field that @record descends from, and which stand there: a transition is judged
 * against these, never against the merged state. New array of EntityValue. */
GArray *entity_values_below(const Entity *self, const EntityRecord *record, const char *field);
/* Is an erased or unknown record among the ancestors of @record? Then a transition passes: the hole may have said it.
 */
gboolean entity_hole_below(const Entity *self, const EntityRecord *record);
/* Sets @field (copied) to @value (taken) for the record being applied; once more adds a second value. Only inside apply. */
void entity_set(Entity *self, const char *field, json_t *value);

/* ---- made and fed by the lane (fold.c) ---- */
/* Reads the act of the record at @at. New reference or NULL. */
typedef json_t *(*EntityActReader)(gpointer data, Place at);
Entity *entity_new(const ActTypes *types, const char *subject, gboolean lane, EntityActReader reader, gpointer data);
void entity_free(Entity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Entity, entity_free)
/* What a record brings. Borrowed for the call. */
typedef struct {
    Place at;
    Hash leaf;
    const char *node, *epoch; /* outlive the entity */
    const Header *header;
    const guint8 *named; /* for each `prev`: 1 if it is a record of this subject in the causal past; NULL: all are */
    const Hash *root;    /* orders the branches of a fork; NULL where the feed has one line */
    RecordClass class;
    const char *reason; /* static or interned */
    const json_t *act;  /* of valid records; NULL otherwise */
} EntityInput;
/* Does @input sort after everything applied so far? */
gboolean entity_sorts_last(const Entity *self, const EntityInput *input);
/* Applies the record that sorts last (E1). */
void entity_apply(Entity *self, const EntityInput *input);
