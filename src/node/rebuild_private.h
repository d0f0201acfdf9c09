/* node/rebuild_private.h: a rebuild beside what is there; for rebuild.c and audits. */
#pragma once
#include "node/internal.h"

/* A database beside, with the tables of lanes and of every feature, in a transaction that is never committed. */
Db *rebuild_open_shadow(Node *node, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ids of all lanes of which this node has the key, its own first (rebuild.h B2), of char *. New. */
GPtrArray *rebuild_lanes(Node *node, Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The rows of every feature from the entities of @lane, into @db. */
gboolean rebuild_project(Node *node, Db *db, Lane *lane, const char *kind, GError **error) G_GNUC_WARN_UNUSED_RESULT;
