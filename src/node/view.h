/* node/view.h: how persons, parties and counts look in every feature's JSON (src/app/openapi.yaml: Actor, PersonShort,
 * Party). All new references; what is not known is shown by its id, never left out. */
#pragma once
#include "node/node.h"

/* Who wrote a record of @lane: {id, name, node, machine}; null for the node itself (@person ""). */
json_t *view_actor(Db *db, const char *lane, const char *node, const char *person);
/* A person of @lane by its id in that space: {id, name, title, affiliation, machine}. */
json_t *view_person(Db *db, const char *lane, const char *node, const char *person);
/* The parties of @lane: [{node, letter, title, country}]. */
json_t *view_parties(Node *node, Db *db, const char *lane);
/* "A-0017": @node's letter in @lane, a hyphen, four digits or more. New string. */
char *view_number(Db *db, const char *lane, const char *node, gint64 number);
/* Sets every feature's counts of @space in @object. */
gboolean view_counts(Node *node, Db *db, const char *space, json_t *object, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* " clerk investigator " (as lane_person keeps roles) as a JSON array, and as a NULL-ended array. */
json_t *view_roles(const char *stored);
char **view_role_list(const char *stored);
/* RFC 3339, or null for 0. */
json_t *view_time(gint64 unix_ms);

/* "<node>/<id>" as the API writes it ("<id>", or "<id>@<node>" of another node's), and back. New strings. */
char *view_entity_id(Node *node, const char *subject);
char *view_subject(Node *node, const char *id);
/* Whether @body has none but the members @known (NULL-ended); COMITY_ERROR_INVALID (body.member) with a pointer otherwise. */
gboolean body_only(const json_t *body, const char *const *known, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* {leaf, seq, feed} of a record. */
json_t *view_record(const char *node, const char *epoch, guint64 seq, gconstpointer leaf);
