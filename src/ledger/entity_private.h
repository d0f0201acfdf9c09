/* ledger/entity_private.h: what entity.c (reading) and entity_fold.c (applying) share.
 *   F1  A leaf has one node, however many branches of a fork hold it; nodes are numbered in canonical order of their
 *       first record, so an ancestor has a smaller number.
 *   F2  Descent is kept as "all below `base`, and `extra` besides". Where people name what they saw, everything before
 *       is an ancestor and `extra` is empty: a long history costs two words a record. */
#pragma once
#include "ledger/entity.h"

typedef struct {
    guint base;    /* nodes 0 to base-1 are ancestors */
    GArray *extra; /* of guint, ascending, all >= base; NULL: none */
} Descent;

typedef struct {
    EntityRecord record; /* first: what the outside holds is a pointer to this */
    guint node;          /* of its leaf (F1) */
    gboolean has_root;
    Hash root;
    Hash about; /* offer: the title (zero: the creation's); answer: the offer */
    char *to;   /* offer: who is asked */
} EntityItem;

typedef struct {
    Hash leaf;
    Descent descent;
    gboolean named; /* a counted record names it in its causal past: no head */
    EntityItem *first;
} EntityNode;

typedef struct {
    json_t *value;
    EntityItem *item;
    gboolean standing;
} EntityEntry;

typedef struct {
    char *name;
    GArray *entries; /* of EntityEntry, in canonical order */
} EntityField;

struct Entity {
    const ActTypes *types;
    char *subject;
    char *creator;
    gboolean lane;
    EntityActReader reader;
    gpointer data;
    GStringChunk *texts;  /* persons, kind */
    GPtrArray *items;     /* of EntityItem, in canonical order */
    GPtrArray *nodes;     /* of EntityNode, by number */
    GHashTable *by_leaf;  /* Hash -> EntityNode */
    GHashTable *acts;     /* of Hash: act hashes applied (E3) */
    GHashTable *fields;   /* name -> EntityField */
    GPtrArray *home_acts; /* of EntityItem: valid offers and answers, in canonical order */
    GPtrArray *holes;     /* of EntityItem */
    const char *kind;     /* "" at first */
    GPtrArray *pending;   /* while a hook runs: name, value, name, value... */
};

gboolean descent_has(const Descent *self, guint node);
EntityField *entity_field(const Entity *self, const char *name); /* NULL: never set */
const Descent *entity_descent(const Entity *self, const EntityRecord *record);
