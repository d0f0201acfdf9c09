/* features/operation/commands.c: what an operator asks of a node by command line. */
#include "base/error.h"
#include "base/file.h"
#include "features/operation/private.h"
#include "node/audit.h"
#include "node/populate.h"
#include "node/rebuild.h"
#include "node/state.h"
#include <stdarg.h>
#include <string.h>

#define IDENTITY_MAX 4096 /* an exported key has some 200 bytes */

static void line(const OperationOutput *output, const char *text)
{
    output->line(output->data, text);
}

G_GNUC_PRINTF(2, 3) static void note(const OperationOutput *output, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    output->note(output->data, text);
}

static int print_json(const OperationOutput *output, const json_t *value)
{
    g_autofree char *text = json_compact(value, NULL);
    line(output, text);
    return 0;
}

int operation_card(Node *node, const json_t *arguments, const OperationOutput *output, GError **error)
{
    (void)arguments;
    (void)error;
    g_autofree char *card = node_card(node);
    g_autofree char *trimmed =
        g_strndup(card, strlen(card) - (g_str_has_suffix(card, "\n") ? 1 : 0)); /* `line` ends it */
    line(output, trimmed);
    return 0;
}

int operation_identity_export(Node *node, const json_t *arguments, const OperationOutput *output, GError **error)
{
    const char *passphrase = json_text(arguments, "passphrase"), *to = json_text(arguments, "output");
    if (g_file_test(to, G_FILE_TEST_EXISTS)) {
        error_set(error, COMITY_ERROR_CONFLICT, "", "", "“%s” is there already; nothing is overwritten.", to);
        return -1;
    }
    g_autofree char *text = identity_take_off(node, passphrase, error);
    if (!text)
        return -1;
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    if (!file_replace(node_env(node), to, bytes, 0400, error) || !node_forget_identity(node, error) ||
        !notices_renew(node, error))
        return -1;
    note(output,
         "Wrote the identity key to %s and deleted it here. Keep that file off this machine: new node cards can be "
         "signed with it alone.",
         to);
    return 0;
}

int operation_identity_import(Node *node, const json_t *arguments, const OperationOutput *output, GError **error)
{
    const char *from = json_text(arguments, "input");
    if (keyring_identity(node_keyring(node))) {
        error_set(error, COMITY_ERROR_CONFLICT, "identity.present", "", "The identity key is on this machine already.");
        return -1;
    }
    g_autoptr(GBytes) bytes = file_read(from, IDENTITY_MAX, error);
    if (!bytes)
        return -1;
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    if (!node_bring_back_identity(node, text, json_text(arguments, "passphrase"), error) || !notices_renew(node, error))
        return -1;
    note(output, "The identity key is back on this machine. Take it off again once the new card is signed: "
                 "comity identity export DIR -o FILE");
    return 0;
}

int operation_doctor(Node *node, const json_t *arguments, const OperationOutput *output, GError **error)
{
    g_autoptr(Db) db = node_reader_open(node, error);
    g_autoptr(json_t) findings = db ? doctor_findings(node, db, error) : NULL;
    if (!findings)
        return -1;
    gboolean ok = TRUE, setup = FALSE;
    gsize n;
    json_t *finding;
    json_array_foreach(findings, n, finding)
    {
        ok &= g_strcmp0(json_text(finding, "severity"), "danger") != 0;
        setup |= g_strcmp0(json_text(finding, "code"), "setup.administrator") == 0;
        if (!json_is_true_at(arguments, "json"))
            note(output, "%s: %s", json_text(finding, "severity"), json_text(finding, "detail"));
    }
    if (json_is_true_at(arguments, "json")) {
        g_autoptr(json_t) all = json_pack("{s:s, s:b, s:b, s:O}", "node", node_name(node), "ok", ok, "setup_needed",
                                          setup, "findings", findings);
        print_json(output, all);
    } else if (json_array_size(findings) == 0) {
        note(output, "Nothing is wrong with %s.", node_name(node));
    }
    return ok ? 0 : 1;
}

int operation_audit(Node *node, const json_t *arguments, const OperationOutput *output, GError **error)
{
    g_autoptr(AuditReport) report = NULL;
    g_autoptr(GError) unnoticed = NULL;
    if (!node_audit(node, NULL, NULL, &report, error))
        return -1;
    if (!notices_renew(node, &unnoticed))
        note(output, "The node's notices could not be renewed: %s", unnoticed->message);
    if (json_is_true_at(arguments, "json")) {
        g_autoptr(json_t) value = audit_report_json(report);
        print_json(output, value);
    } else {
        for (guint n = 0; n < report->damages->len; n++) {
            const AuditDamage *damage = g_ptr_array_index(report->damages, n);
            g_autofree char *text =
                g_strdup_printf("%s  %s: %s %s", damage->code, damage->where, damage->sentence, damage->mend);
            line(output, text);
        }
        note(output,
             "%" G_GUINT64_FORMAT " feeds, %" G_GUINT64_FORMAT " records, %" G_GUINT64_FORMAT
             " files (%" G_GUINT64_FORMAT " bytes), %" G_GUINT64_FORMAT " anchors checked: %u damaged.",
             report->feeds, report->records, report->blobs, report->bytes, report->anchors, report->damages->len);
    }
    return report->damages->len ? 1 : 0;
}

int operation_rebuild(Node *node, const json_t *arguments, const OperationOutput *output, GError **error)
{
    (void)arguments;
    if (!node_rebuild(node, NULL, NULL, error))
        return -1;
    note(output, "All rows of %s were made anew from its records.", node_name(node));
    return 0;
}

int operation_digest(Node *node, const json_t *arguments, const OperationOutput *output, GError **error)
{
    (void)arguments;
    g_autoptr(Db) db = node_reader_open(node, error);
    Hash digest;
    if (!db || !node_digest(node, db, &digest, error))
        return -1;
    g_autofree char *text = hash_text(&digest);
    line(output, text);
    return 0;
}

int operation_populate(Node *node, const json_t *arguments, const OperationOutput *output, GError **error)
{
    gint64 records = json_integer_or(arguments, "records", 0);
    if (records < 1) {
        error_set(error, COMITY_ERROR_USAGE, "", "", "Say how many records: --records N.");
        return -1;
    }
    if (!node_populate(node, (guint64)records, NULL, NULL, error))
        return -1;
    note(output, "Wrote %" G_GINT64_FORMAT " records.", records);
    return 0;
}
