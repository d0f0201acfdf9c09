/* features/cases/private.h: what the files of this folder share. */
#pragma once
#include "node/confirm.h"
#include "node/feature.h"
#include "node/tx.h"

extern const char cases_tables_sql[]; /* tables.sql */

/* project.c */
gboolean case_project(Db *db, const EntityPlace *place, const Entity *entity, GError **error);

/* read.c: the Case object of the API for @access, with @tag (its ETag, new; may be NULL). New reference. */
json_t *case_json(Node *node, Db *db, const Principal *principal, const SpaceAccess *access, char **tag,
                  GError **error);
json_t *case_describe(Db *db, const char *space, const char *lane, const char *subject); /* Feature.describe */
gboolean cases_list(HttpRequest *request, HttpResponse *response, GError **error);
gboolean cases_get(HttpRequest *request, HttpResponse *response, GError **error);

/* write.c */
gboolean cases_post(HttpRequest *request, HttpResponse *response, GError **error);
gboolean cases_patch(HttpRequest *request, HttpResponse *response, GError **error);
gboolean cases_close(HttpRequest *request, HttpResponse *response, GError **error);
gboolean cases_reopen(HttpRequest *request, HttpResponse *response, GError **error);

/* members.c */
gboolean members_list(HttpRequest *request, HttpResponse *response, GError **error);
gboolean members_post(HttpRequest *request, HttpResponse *response, GError **error);
gboolean members_delete(HttpRequest *request, HttpResponse *response, GError **error);
