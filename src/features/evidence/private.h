/* features/evidence/private.h: what the files of this folder share. */
#pragma once
#include "features/evidence/evidence.h"
#include "node/confirm.h"
#include "node/feature.h"
#include "node/page.h"
#include "node/tx.h"

extern const char evidence_tables_sql[]; /* tables.sql */

/* project.c, project_steps.c */
gboolean evidence_project(Db *db, const EntityPlace *place, const Entity *entity, GError **error);
gboolean exhibit_put_steps(Db *db, const EntityPlace *place, const Entity *entity, GError **error);

/* A row of table exhibit, as far as handlers need it before they read on. */
typedef struct {
    char *space, *subject, *lane, *node, *title, *number, *tag;
    gint64 files;
    gboolean harmful, sealed;
} ExhibitRef;
void exhibit_ref_clear(ExhibitRef *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ExhibitRef, exhibit_ref_clear)

/* read.c. The exhibit that @request's path names, for a member with @scope (an auditor with @least ACCESS_RECORD).
 * COMITY_ERROR_NOT_FOUND alike for what is not there and not for these eyes. */
gboolean exhibit_find(HttpRequest *request, Scope scope, AccessLevel least, const Principal **principal,
                      SpaceAccess *access, ExhibitRef *found, GError **error) G_GNUC_WARN_UNUSED_RESULT;
json_t *exhibit_json(Node *node, Db *db, const Principal *principal, const SpaceAccess *access, const char *subject,
                     GError **error);
json_t *exhibit_describe(Db *db, const char *space, const char *lane, const char *subject); /* Feature.describe */
gboolean exhibits_list(HttpRequest *request, HttpResponse *response, GError **error);
gboolean exhibits_get(HttpRequest *request, HttpResponse *response, GError **error);
/* Answers with the exhibit as it is now. */
gboolean exhibit_answer(HttpRequest *request, HttpResponse *response, const Principal *principal, const char *space,
                        const char *subject, guint status, GError **error);

/* custody.c. Sets custody, history and verdict in @exhibit. */
gboolean exhibit_add_custody(Node *node, Db *db, const ExhibitRef *ref, json_t *exhibit, GError **error);

/* write.c */
gboolean exhibits_post(HttpRequest *request, HttpResponse *response, GError **error);
gboolean exhibits_patch(HttpRequest *request, HttpResponse *response, GError **error);
gboolean exhibits_files(HttpRequest *request, HttpResponse *response, GError **error);
gboolean exhibits_seal(HttpRequest *request, HttpResponse *response, GError **error);

/* ticket.c, serve.c */
gboolean readings_post(HttpRequest *request, HttpResponse *response, GError **error);
gboolean ticket_file(HttpRequest *request, HttpResponse *response, GError **error);
gboolean evidence_start(Node *node, GError **error);
void evidence_stop(Node *node);

/* proof.c */
gboolean exhibits_proof(HttpRequest *request, HttpResponse *response, GError **error);
gboolean exhibits_check(HttpRequest *request, HttpResponse *response, GError **error);
gboolean check_run(Node *node, Job *job, GError **error);

/* uploads.c */
gboolean uploads_list(HttpRequest *request, HttpResponse *response, GError **error);
gboolean uploads_get(HttpRequest *request, HttpResponse *response, GError **error);

/* viewable.c: which of the app's viewers shows this media type: image, audio, video, pdf, text, none. */
const char *viewable_of(const char *media_type);
