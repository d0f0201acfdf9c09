/* node/feature.h: what a capability hands to the node, all of it const data and pure functions.
 *
 * Idea: a feature is one folder, named in features/meson.build and in app/features.c. The act tables go to the node and to the offline
 * verifier alike; the rest runs in a node only.
 *   F1  A feature includes its own headers, those of the floors below, and the public header of features in `needs`.
 *   F2  Its tables are a projection: `project` alone writes them, from an entity's folded state and nothing else. They
 *       can be dropped and rebuilt at any time; a changed `tables_version` makes the node do so. */
#pragma once
#include "http/router.h"
#include "ledger/act.h"
#include "ledger/entity.h"
#include "store/db.h"

typedef struct Node Node;
typedef struct Job Job; /* node/job.h */

/* Where an entity lives, for `project`. */
typedef struct {
    const char *space;   /* UUID */
    const char *lane;    /* 64 hex */
    const char *kind;    /* of the space: case, node, ... */
    const char *subject; /* "<node>/<id>" */
} EntityPlace;

typedef struct {
    const char *name;
    gboolean (*run)(Node *node, Job *job, GError **error);
    gint64 every_s; /* 0: only when asked for; otherwise also at this interval */
    gboolean again; /* cut off by the end of the process, it runs anew at the next start; otherwise it has failed */
} FeatureJob;

/* How many of a feature's things a space holds, for whoever shows the space: asked by name, nobody includes anybody. */
typedef struct {
    const char *name; /* member of the JSON object: "exhibits" */
    const char *sql;  /* one number, bound to :space */
} FeatureCount;

typedef struct Feature Feature;
struct Feature {
    const char *name;         /* the folder's */
    const char *const *needs; /* features whose public header it may include, ended by NULL; NULL: none */
    const ActType *acts;
    const gsize *act_count;    /* how many; beside the table, so that a new row is one line in one file */
    const char *const *kinds;  /* entity kinds whose rows it projects, ended by NULL */
    const char *tables_sql;    /* CREATE TABLE ...; of its projection tables */
    const char *const *tables; /* their names, ended by NULL: for dropping, rebuilding, digest */
    guint tables_version;
    /* The act type that makes evidence of uploads; NULL: none of its does. Who may write none such uploads nothing. */
    const char *takes_uploads;
    /* Replaces the rows of @entity; where it has no valid record, only deletes them. Writer thread. */
    gboolean (*project)(Db *db, const EntityPlace *place, const Entity *entity, GError **error);
    const HttpRoute *routes;    /* ended by a route without a method */
    const FeatureCount *counts; /* ended by a NULL name; NULL: none */
    /* Appends what this feature knows of @subject's way to @steps, as CustodyStep objects with a "height" by which the
     * asker sorts (and which it drops): so that a timeline shows exports without knowing them. May be NULL. */
    gboolean (*timeline)(Node *node, Db *db, const char *space, const char *subject, json_t *steps, GError **error);
    /* What people call @subject, an entity of one of `kinds`: {"label": ..., more values for sentences about it}. New
     * reference; NULL where it is not there. May be NULL: then its id must do. */
    json_t *(*describe)(Db *db, const char *space, const char *lane, const char *subject);
    const FeatureJob *jobs;
    gsize job_count;
    /* Called once when the node has opened, before the first request. May be NULL. */
    gboolean (*start)(Node *node, GError **error);
    void (*stop)(Node *node);
};

/* How many act types @feature has. */
static inline gsize feature_act_count(const Feature *feature)
{
    return feature->act_count ? *feature->act_count : 0;
}
