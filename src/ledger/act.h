/* ledger/act.h: act types as tables, and what a feature may say about them.
 *
 * Idea: a feature writes `const` tables (members with their kinds and limits, who may do it, what it sets) and, where a
 * table can't say it, two pure functions. From these the ledger validates and judges, the node offers and folds, the
 * verifier re-judges offline, and OpenAPI schemas, docs/acts.md and the role matrix are generated. Tables are handed
 * in: the ledger knows no feature.
 *   A1  A hook is pure: it reads its arguments only; no clock, no chance, no store, no other entity.
 *   A2  Exactly the members of the type, else void. A member is never read before it was validated. */
#pragma once
#include "base/json.h"
#include <glib.h>

typedef struct Entity Entity;             /* ledger/entity.h */
typedef struct EntityRecord EntityRecord; /* ledger/entity.h */

typedef enum {
    FIELD_TEXT,    /* UTF-8, min..max code points, one line: no control character */
    FIELD_INTEGER, /* min..max */
    FIELD_BOOLEAN,
    FIELD_ENUM, /* one of `values` */
    FIELD_TIME, /* RFC 3339 UTC with milliseconds */
    FIELD_DATE, /* YYYY-MM-DD */
    FIELD_HASH, /* "sha256:" and 64 hex */
    FIELD_LEAF, /* 64 hex: a leaf, a lane, a root */
    FIELD_UUID,
    FIELD_ID,        /* [A-Za-z0-9-]{1,64} */
    FIELD_NODE,      /* [a-z0-9.-]{1,100} */
    FIELD_BASE64URL, /* min..max bytes */
    FIELD_LANGUAGE,  /* BCP 47, lower-case primary tag */
    FIELD_OBJECT,    /* exactly the members `of`, an array ended by a NULL name */
    FIELD_LIST,      /* min..max items, each as `of` (one field, its name NULL) */
    FIELD_MAP,       /* min..max members with any key, values as `of` */
    FIELD_ANY,       /* any JSON value within the act's limits: what is carried from another lane */
} FieldKind;

typedef enum {
    FIELD_OPTIONAL = 1 << 0, /* may be absent */
    FIELD_NULLABLE = 1 << 1, /* may be null */
    FIELD_UNIQUE = 1 << 2,   /* LIST: no two equal items */
    FIELD_PRIVATE = 1 << 3,  /* may name a victim: never in a log line or a metric */
    FIELD_LINES = 1 << 4,    /* TEXT: line breaks and tabs, too */
    FIELD_VERBATIM = 1 << 5, /* TEXT: any character but U+0000, as its source has it */
} FieldFlags;

typedef struct Field Field;
struct Field {
    const char *name;
    FieldKind kind;
    guint flags;               /* FieldFlags */
    gint64 min, max;           /* by kind; max 0: 4,000 code points, 2^53-1, or 1,000 items */
    const char *const *values; /* ENUM, ended by NULL */
    const Field *of;
    const char *says; /* one sentence for OpenAPI and docs/acts.md */
};

/* What the ledger itself does with an act, whatever its name. Members that it reads stand behind each. */
typedef enum {
    ACT_PLAIN,
    ACT_CHARTER,      /* parties {node: [kind]}, lead, deputies?, heirs?, succeeds? */
    ACT_JOIN,         /* under: null or the leaf of a delegation */
    ACT_CONTINUE,     /* under, reason */
    ACT_FORK_FOUND,   /* feed */
    ACT_END,          /* only the lead */
    ACT_INTRODUCE,    /* who, roles [text], credentials? [{id, cose, spki}], machine? */
    ACT_WITHDRAW,     /* who */
    ACT_DELEGATE,     /* field, persons [id], until */
    ACT_ERASE,        /* records [leaf], order */
    ACT_OFFER_HOME,   /* home, to */
    ACT_ACCEPT_HOME,  /* offer */
    ACT_DECLINE_HOME, /* offer */
    ACT_CARRY,        /* kind, state {field: [value]}, origin */
    ACT_CLOSE_FEED,   /* feed, size, root: another feed of the own party */
} ActEffect;

typedef enum {
    ACT_ON_LANE,            /* subject is the lane; no prev */
    ACT_CREATES,            /* subject is new and the writer's own; no prev */
    ACT_ON_ENTITY,          /* 1 to 32 prev in the causal past */
    ACT_CREATES_OR_CHANGES, /* without prev it creates, with prev it changes */
} ActSubject;

typedef enum {
    ACT_LASTING = 1 << 0,   /* a verdict may rest on it: never erased, travels with every package */
    ACT_EXCLUSIVE = 1 << 1, /* needs the home: member `home` names the title (null: the creation's) */
    ACT_OPENS = 1 << 2,     /* a feed's first record, and only that */
    ACT_AFTER_END = 1 << 3, /* still allowed when the lane has ended */
    ACT_CONFIRM = 1 << 4,   /* confirmed by the person's passkey over the act's bytes */
    ACT_CORRECTS = 1 << 5,  /* void where it holds none of the members that its sets name */
} ActFlags;

typedef struct {
    const char *field;    /* the entity's field */
    const char *member;   /* its value is this member's; NULL: `constant` */
    const char *constant; /* text */
} ActSet;

typedef struct ActType ActType;
struct ActType {
    const char *name; /* "exhibit.added/1" */
    ActEffect effect;
    ActSubject on;
    const char *entity;       /* "exhibit"; NULL on the lane, and where any kind will do (homes, carrying) */
    const char *const *roles; /* NULL: the node itself; otherwise any one of these, ended by NULL */
    guint flags;              /* ActFlags */
    const Field *fields;      /* ended by a NULL name; NULL: none */
    const ActSet *sets;       /* ended by a NULL field; NULL: none */
    /* A reason why the act is void beyond its fields, or NULL. Static text. */
    const char *(*check)(const json_t *act);
    const char *rule; /* what @check asks, for whoever judges by docs/acts.md; NULL if and only if @check is */
    /* Called in the fold before `sets` apply: a reason why this step is impossible from the values that it descends
     * from (it then has no effect), or NULL. May set further fields with entity_set(). Static text. */
    const char *(*apply)(Entity *entity, const EntityRecord *record, const json_t *act);
    const char *says; /* one sentence: what the person did, for docs and the role matrix */
};

/* A set of tables with an index by name. Tables are borrowed (const data of the program). */
typedef struct ActTypes ActTypes;
ActTypes *act_types_new(void);
void act_types_free(ActTypes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ActTypes, act_types_free)
/* Adds an array of @count types. A name given twice is a programming error. */
void act_types_add(ActTypes *self, const ActType *types, gsize count);
const ActType *act_types_find(const ActTypes *self, const char *name); /* NULL: unknown */
const GPtrArray *act_types_all(const ActTypes *self);                  /* of const ActType, in the order added */

/* Does @members (the act without the ledger's own members, or any object) keep @fields exactly? On FALSE @error is
 * COMITY_ERROR_INVALID with the pointer of the first offending member and a sentence. */
gboolean fields_validate(const Field *fields, const json_t *members, GError **error);
/* The same for an act as act_read() gave it: beside @fields it has the ledger's own members, which are passed over. */
gboolean fields_validate_act(const Field *fields, const json_t *act, GError **error);
/* All types as JSON, by name: what docs/acts.json publishes. New reference. */
json_t *act_types_json(const ActTypes *types);
/* JSON Schema 2020-12 of @fields (object, additionalProperties false). New reference. */
json_t *fields_schema(const Field *fields);
