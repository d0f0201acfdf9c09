/* tests/unit/support/notebook.h: a small feature, "notebook", and a node of its own in a fresh folder: what the tests of
 * the node write with. A note is written and changed by the node, or by an investigator; its text is its only field. */
#pragma once
#include "node/tx.h"

extern const Feature notebook;                   /* table note (space, subject, text, tag) */
extern const Feature *const notebook_features[]; /* ended by NULL */

typedef struct {
    char *folder; /* holds everything; removed at the end */
    char *dir;    /* the node's */
    const Env *env;
    Node *node; /* NULL while closed */
} Bench;

/* Makes a node and opens it. @env NULL: the real world. */
void bench_setup(Bench *self, const Env *env);
void bench_open(Bench *self);
void bench_close(Bench *self);
void bench_teardown(Bench *self);
NodeOptions bench_options(const Bench *self);
/* Puts the node's folder aside under @name, as it is; and back in its place. The node is closed. */
void bench_copy(const Bench *self, const char *from, const char *to);

/* A space of kind `case` that nobody is in. New. */
char *bench_space(const Bench *self);
/* Introduces a person with one made-up passkey; the id in the own space. New. */
char *bench_person(const Bench *self, const char *name, const char *const *roles);
/* The same person again, with another name, roles, or passkey (@credential, base64url). */
void bench_put_person(const Bench *self, const char *person, const char *name, const char *const *roles,
                      const char *credential);
void bench_introduce(const Bench *self, const char *space, const char *person, const char *const *roles);
void bench_withdraw(const Bench *self, const char *space, const char *person);
/* Writes a note by the node (@principal NULL) or a person; its subject. New, or NULL with @error. */
char *bench_write(const Bench *self, const char *space, const Principal *principal, const char *text, GError **error);
/* The leaf of the newest record of @subject. */
Hash bench_leaf(const Bench *self, const char *space, const char *subject);
/* Changes the note @subject by the node. */
void bench_change(const Bench *self, const char *space, const char *subject, const char *text);
gint64 bench_count(const Bench *self, const char *sql);
char *bench_text(const Bench *self, const char *sql); /* the first column of the first row; new */
gint64 bench_metric(const Bench *self, const char *name);
/* Audits the node: there must be no damage but one of @code (NULL: none at all), which must be there. */
void bench_audit(const Bench *self, const char *code);
char *bench_digest(const Bench *self); /* node_digest() in hex; new */
