/* features/evidence/proof.c: the proof of an exhibit's record, and checking all of it again while somebody waits. */
#include "node/proof.h"
#include "base/error.h"
#include "base/text.h"
#include "features/evidence/private.h"
#include "node/job.h"
#include "node/upload.h"
#include "node/view.h"
#include "store/blob_pipe.h"
#include <string.h>

static json_t *text_or_null(GBytes *bytes)
{
    gsize length = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    return text ? json_stringn(text, length) : json_null();
}

static json_t *anchor_json(const RecordProof *proof)
{
    if (!proof->anchored)
        return json_null();
    return json_pack("{s:o, s:I, s:s, s:s, s:s}", "made", view_time(proof->anchored_ms), "index",
                     (json_int_t)proof->anchor.index, "checkpoint", proof->anchored_checkpoint, "anchored",
                     proof->anchored, "tlog_proof", proof->anchor_proof);
}

static RecordProof *proof_of(Node *node, Db *db, const ExhibitRef *ref, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT leaf FROM exhibit WHERE space = :space AND subject = :subject");
    db_bind_text(query, "space", ref->space);
    db_bind_text(query, "subject", ref->subject);
    if (db_step(query, error) <= 0)
        return NULL;
    gsize length = 0;
    return record_proof(node, db, ref->lane, db_blob(query, 0, &length), error);
}

gboolean exhibits_proof(HttpRequest *request, HttpResponse *response, GError **error)
{
    Node *node = http_request_owner(request);
    const Principal *principal = NULL;
    g_auto(SpaceAccess) access = {0};
    g_auto(ExhibitRef) ref = {0};
    if (!exhibit_find(request, SCOPE_EVIDENCE_READ, ACCESS_RECORD, &principal, &access, &ref, error))
        return FALSE;
    g_autoptr(RecordProof) proof = proof_of(node, node_reader(node, request), &ref, error);
    if (!proof)
        return FALSE;
    if (!proof->proof) {
        error_set(error, COMITY_ERROR_CONFLICT, "proof.none", "",
                  "No checkpoint covers this record yet; ask again in a moment.");
        return FALSE;
    }
    const char *accept = http_request_header(request, "Accept");
    if (accept && g_str_has_prefix(accept, "text/plain")) {
        g_autofree char *name = g_strconcat(ref.number, ".tlog-proof", NULL);
        g_autoptr(GBytes) body = g_bytes_new(proof->proof, strlen(proof->proof));
        http_response_set_file_name(response, name, TRUE);
        http_response_bytes(response, 200, "text/plain; charset=utf-8", body);
        return TRUE;
    }
    http_response_json(response, 200,
                       json_pack("{s:o, s:o, s:o, s:o, s:s, s:s, s:o}", "record",
                                 view_record(proof->node, proof->epoch, proof->row.at.seq, &proof->leaf), "header",
                                 text_or_null(proof->row.header), "act", text_or_null(proof->row.act), "confirmation",
                                 text_or_null(proof->row.confirmation), "tlog_proof", proof->proof, "checkpoint",
                                 proof->checkpoint, "anchor", anchor_json(proof)));
    return TRUE;
}

gboolean exhibits_check(HttpRequest *request, HttpResponse *response, GError **error)
{
    const Principal *principal = NULL;
    g_auto(SpaceAccess) access = {0};
    g_auto(ExhibitRef) ref = {0};
    if (!exhibit_find(request, SCOPE_EVIDENCE_READ, ACCESS_RECORD, &principal, &access, &ref, error))
        return FALSE;
    g_autoptr(json_t) arguments =
        json_pack("{s:s, s:s, s:s}", "space", ref.space, "subject", ref.subject, "lane", ref.lane);
    return job_answer(request, response, "evidence.check", principal->person, arguments, error);
}

/* ---- the job ---- */

typedef struct {
    Node *node;
    Db *db;
    Job *job;
    const char *space, *subject, *lane;
    guint64 done, total;
    gboolean ok;
} Check;

static json_t *verdict(const char *key, json_t *value, const GError *failed)
{
    json_t *item = json_pack("{s:o, s:b}", key, value, "ok", failed == NULL);
    if (failed)
        json_object_set_new(item, "reason", json_string(failed->message));
    return item;
}

static gboolean check_files(Check *check, json_t *files, GError **error)
{
    g_autoptr(DbQuery) query = db_query(
        check->db, "SELECT n, sha256, size FROM exhibit_file WHERE space = :space AND subject = :subject ORDER BY n");
    db_bind_text(query, "space", check->space);
    db_bind_text(query, "subject", check->subject);
    int row;
    while ((row = db_step(query, error)) > 0) {
        g_autoptr(GError) failed = NULL;
        Hash expected;
        g_autoptr(BlobReader) reader = node_blob_open(check->node, check->db, check->lane, db_text(query, 1), &failed);
        if (reader && hash_read(db_text(query, 1), &expected)) {
            blob_reader_will_stream(reader);
            check->ok &= blob_reader_verify(reader, &expected, &failed);
        }
        check->ok &= failed == NULL;
        json_array_append_new(files, verdict("n", json_integer(db_integer(query, 0)), failed));
        check->done += (guint64)db_integer(query, 2);
        job_progress(check->job, check->done, check->total);
    }
    return row == 0;
}

static gboolean check_records(Check *check, json_t *records, GError **error)
{
    g_autoptr(DbQuery) query =
        db_query(check->db, "SELECT leaf FROM exhibit_step WHERE space = :space AND subject = :subject ORDER BY place");
    db_bind_text(query, "space", check->space);
    db_bind_text(query, "subject", check->subject);
    int row;
    while ((row = db_step(query, error)) > 0) {
        gsize length = 0;
        const Hash *leaf = db_blob(query, 0, &length);
        g_autoptr(GError) failed = NULL;
        g_autoptr(RecordProof) proof = record_proof(check->node, check->db, check->lane, leaf, &failed);
        if (proof && !proof->verified)
            error_set(&failed, COMITY_ERROR_DAMAGED, "", "", "The record does not agree with the signed checkpoint.");
        check->ok &= failed == NULL;
        char text[HASH_HEX_SIZE];
        hash_write(text, leaf);
        json_array_append_new(records, verdict("leaf", json_string(text), failed));
    }
    return row == 0;
}

gboolean check_run(Node *node, Job *job, GError **error)
{
    const json_t *arguments = job_arguments(job);
    g_autoptr(Db) db = node_reader_open(node, error);
    if (!db)
        return FALSE;
    Check check = {.node = node,
                   .db = db,
                   .job = job,
                   .space = json_text(arguments, "space"),
                   .subject = json_text(arguments, "subject"),
                   .lane = json_text(arguments, "lane"),
                   .ok = TRUE};
    g_autoptr(DbQuery) size = db_query(db, "SELECT size FROM exhibit WHERE space = :space AND subject = :subject");
    db_bind_text(size, "space", check.space);
    db_bind_text(size, "subject", check.subject);
    if (db_step(size, error) < 0)
        return FALSE;
    check.total = (guint64)db_integer(size, 0);
    g_autoptr(json_t) files = json_array();
    g_autoptr(json_t) records = json_array();
    if (!check_files(&check, files, error) || !check_records(&check, records, error))
        return FALSE;
    g_autoptr(json_t) result = json_pack("{s:b, s:O, s:O}", "ok", check.ok, "files", files, "records", records);
    job_set_result(job, result);
    return TRUE;
}
