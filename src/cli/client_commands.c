/* cli/client_commands.c: cases, evidence and exports over the public API. */
#include "base/error.h"
#include "base/text.h"
#include "cli/client.h"
#include <stdio.h>
#include <sys/stat.h>

static void add_text(GString *line, const char *value)
{
    g_autofree char *text = text_printable(value, "");
    g_string_append_printf(line, "%s%s", line->len ? "\t" : "", text);
}

/* A list as JSON, or a line an item: the members @keys, tab between. */
static void print_list(const ClientOptions *options, json_t *items, const char *const *keys)
{
    if (options->json) {
        g_autofree char *text = json_compact(items, NULL);
        cli_output.line(NULL, text);
        return;
    }
    gsize n;
    json_t *item;
    json_array_foreach(items, n, item)
    {
        g_autoptr(GString) line = g_string_new(NULL);
        for (const char *const *key = keys; *key; key++) {
            const json_t *value = json_object_get(item, *key);
            if (json_is_integer(value))
                g_string_append_printf(line, "%s%" JSON_INTEGER_FORMAT, line->len ? "\t" : "",
                                       json_integer_value(value));
            else
                add_text(line, json_is_string(value) ? json_string_value(value) : "-");
        }
        cli_output.line(NULL, line->str);
    }
}

static int case_create(const char *name, int argc, char **argv)
{
    g_auto(ClientOptions) options = {0};
    g_autofree char *reference = NULL, *offence = NULL, *summary = NULL;
    const GOptionEntry entries[] = {
        CLIENT_ENTRIES(options),
        {"reference", 0, 0, G_OPTION_ARG_STRING, &reference, "The authority's own number", "TEXT"},
        {"offence", 0, 0, G_OPTION_ARG_STRING, &offence, "The offence", "TEXT"},
        {"summary", 0, 0, G_OPTION_ARG_STRING, &summary, "What the case is about", "TEXT"},
        G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    g_autoptr(GError) error = NULL;
    g_autoptr(Client) client = client_new(&options, &error);
    if (!client)
        return cli_fail(name, error);
    g_autoptr(json_t) body = json_pack("{s:s, s:s*, s:s*, s:s*}", "title", left[0], "reference", reference, "offence",
                                       offence, "summary", summary);
    if (!body) {
        error_set(&error, COMITY_ERROR_USAGE, "", "", "The title must be UTF-8 text.");
        return cli_fail(name, error);
    }
    g_autoptr(json_t) made = client_call(client, "POST", "/cases", body, &error);
    if (!made)
        return cli_fail(name, error);
    cli_output.line(NULL, json_text(made, "id"));
    return 0;
}

static int case_list(const char *name, int argc, char **argv)
{
    g_auto(ClientOptions) options = {0};
    const GOptionEntry entries[] = {CLIENT_ENTRIES(options), G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 0, 0);
    if (!left)
        return 2;
    g_autoptr(GError) error = NULL;
    g_autoptr(Client) client = client_new(&options, &error);
    g_autoptr(json_t) items = client ? client_list(client, "/cases?status=all", &error) : NULL;
    if (!items)
        return cli_fail(name, error);
    print_list(&options, items, (const char *const[]){"id", "reference", "status", "title", NULL});
    return 0;
}

/* What an exhibit is, where the command line did not say: by the media type that the node found. */
static const char *type_of_media(const char *media_type)
{
    static const struct {
        const char *prefix, *type;
    } known[] = {{"image/", "image"},
                 {"video/", "video"},
                 {"audio/", "audio"},
                 {"text/html", "web_capture"},
                 {"text/", "document"},
                 {"message/", "message_export"},
                 {"application/pdf", "document"},
                 {"application/msword", "document"},
                 {"application/vnd.oasis.opendocument", "document"},
                 {"application/vnd.openxmlformats", "document"}};
    for (gsize n = 0; n < G_N_ELEMENTS(known); n++) {
        if (media_type && g_str_has_prefix(media_type, known[n].prefix))
            return known[n].type;
    }
    return "other";
}

typedef struct {
    ClientOptions client;
    gboolean together;
    char *title, *description, *type, *how, *where, *when, *by, *authority, *from, *use;
    char **languages;
} AddOptions;

static void add_options_clear(AddOptions *self)
{
    client_options_clear(&self->client);
    char **const texts[] = {&self->title, &self->description, &self->type,      &self->how,  &self->where,
                            &self->when,  &self->by,          &self->authority, &self->from, &self->use};
    for (gsize n = 0; n < G_N_ELEMENTS(texts); n++)
        g_clear_pointer(texts[n], g_free);
    g_clear_pointer(&self->languages, g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AddOptions, add_options_clear)

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* A day, or ISO 8601 with or without a zone (then UTC), as the API writes times; NULL where it is none. New. */
static char *api_time(const char *text)
{
    g_autofree char *day = strlen(text) == 10 ? g_strconcat(text, "T00:00:00", NULL) : g_strdup(text);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(day, utc);
    return at ? time_text(g_date_time_to_unix(at) * 1000 + g_date_time_get_microsecond(at) / 1000) : NULL;
}

static json_t *exhibit_body(const AddOptions *options, const char *path, const char *type, json_t *uploads)
{
    g_autofree char *base = g_path_get_basename(path);
    g_autofree char *title = g_utf8_make_valid(options->title ? options->title : base, -1);
    g_autofree char *when = options->when ? api_time(options->when) : NULL;
    g_autoptr(json_t) languages = json_texts((const char *const *)options->languages);
    return json_pack("{s:s, s:s, s:s, s:{s:s, s:s, s:s?, s:s, s:s, s:s}, s:O, s:{s:s, s:s}, s:O}", "title", title,
                     "description", or_empty(options->description), "type", options->type ? options->type : type,
                     "obtained", "how", options->how ? options->how : "other", "where", or_empty(options->where),
                     "when", when, "by", or_empty(options->by), "authority", or_empty(options->authority), "from",
                     or_empty(options->from), "languages", languages, "conditions", "use",
                     options->use ? options->use : "evidence", "note", "", "uploads", uploads);
}

/* What the node found in an upload; NULL with an error. */
static const char *type_of_upload(Client *client, const char *id, GError **error)
{
    g_autofree char *path = g_strconcat("/uploads/", id, NULL);
    g_autoptr(json_t) upload = client_call(client, "GET", path, NULL, error);
    return upload ? type_of_media(json_text(upload, "type")) : NULL;
}

static gboolean add_exhibit(Client *client, const AddOptions *options, const char *space, char **paths, guint count,
                            GError **error)
{
    g_autoptr(json_t) uploads = json_array();
    for (guint n = 0; n < count; n++) {
        g_autofree char *id = client_upload(client, space, paths[n], error);
        if (!id)
            return FALSE;
        json_array_append_new(uploads, json_string(id));
    }
    const char *type = type_of_upload(client, json_string_value(json_array_get(uploads, 0)), error);
    if (!type)
        return FALSE;
    g_autoptr(json_t) body = exhibit_body(options, paths[0], type, uploads);
    if (!body) {
        error_set(error, COMITY_ERROR_USAGE, "", "", "Titles and texts must be UTF-8.");
        return FALSE;
    }
    g_autofree char *path = g_strconcat("/spaces/", space, "/evidence", NULL);
    g_autoptr(json_t) made = client_call(client, "POST", path, body, error);
    if (!made)
        return FALSE;
    cli_output.line(NULL, json_text(made, "id"));
    return TRUE;
}

static int evidence_add(const char *name, int argc, char **argv)
{
    g_auto(AddOptions) options = {0};
    const GOptionEntry entries[] = {
        CLIENT_ENTRIES(options.client),
        {"together", 0, 0, G_OPTION_ARG_NONE, &options.together, "One exhibit of all files (otherwise one each)", NULL},
        {"title", 0, 0, G_OPTION_ARG_STRING, &options.title, "What it is (otherwise the file's name)", "TEXT"},
        {"description", 0, 0, G_OPTION_ARG_STRING, &options.description, "More about it", "TEXT"},
        {"type", 0, 0, G_OPTION_ARG_STRING, &options.type,
         "document, image, video, audio, device_extract, disk_image, web_capture, message_export, other", "TYPE"},
        {"how", 0, 0, G_OPTION_ARG_STRING, &options.how,
         "search, seizure, handed_over, witness, victim, provider, open_source, authority, undercover, other", "HOW"},
        {"where", 0, 0, G_OPTION_ARG_STRING, &options.where, "Where it was obtained", "TEXT"},
        {"when", 0, 0, G_OPTION_ARG_STRING, &options.when, "When: a day, or RFC 3339", "TIME"},
        {"by", 0, 0, G_OPTION_ARG_STRING, &options.by, "By whom", "TEXT"},
        {"authority", 0, 0, G_OPTION_ARG_STRING, &options.authority, "Under which order or power", "TEXT"},
        {"from", 0, 0, G_OPTION_ARG_STRING, &options.from, "From whom", "TEXT"},
        {"language", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.languages, "A language in it (again for more)", "TAG"},
        {"use", 0, 0, G_OPTION_ARG_STRING, &options.use, "evidence, lead_only, ask_first, named_persons", "USE"},
        G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 2, -1);
    if (!left)
        return 2;
    g_autoptr(GError) error = NULL;
    g_autofree char *when = options.when ? api_time(options.when) : NULL;
    if (options.when && !when)
        error_set(&error, COMITY_ERROR_USAGE, "", "", "“%s” is no time; write 2026-11-12 or 2026-11-12T09:14:00Z.",
                  options.when);
    g_autoptr(Client) client = error ? NULL : client_new(&options.client, &error);
    if (!client)
        return cli_fail(name, error);
    guint files = g_strv_length(left) - 1;
    guint step = options.together ? files : 1;
    for (guint n = 0; n < files; n += step) {
        if (!add_exhibit(client, &options, left[0], left + 1 + n, step, &error))
            return cli_fail(name, error);
    }
    return 0;
}

static int evidence_list(const char *name, int argc, char **argv)
{
    g_auto(ClientOptions) options = {0};
    const GOptionEntry entries[] = {CLIENT_ENTRIES(options), G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_strconcat("/spaces/", left[0], "/evidence?sort=number", NULL);
    g_autoptr(Client) client = client_new(&options, &error);
    g_autoptr(json_t) items = client ? client_list(client, path, &error) : NULL;
    if (!items)
        return cli_fail(name, error);
    print_list(&options, items, (const char *const[]){"id", "number", "type", "size", "title", NULL});
    return 0;
}

/* Which files of the exhibit are fetched, by their numbers: "-o FILE" takes one, "-o FOLDER/" all. New. */
static json_t *chosen_files(gsize count, gboolean folder, int only, GError **error)
{
    if (only < 0 || (gsize)only > count || (!folder && only == 0 && count != 1)) {
        error_set(error, COMITY_ERROR_USAGE, "", "",
                  "The exhibit has %" G_GSIZE_FORMAT " files: name one with --file N (1 to %" G_GSIZE_FORMAT
                  "), or a folder with -o FOLDER/.",
                  count, count);
        return NULL;
    }
    json_t *numbers = json_array();
    for (gsize n = 1; n <= count; n++) {
        if (only == 0 || (gsize)only == n)
            json_array_append_new(numbers, json_integer((json_int_t)n));
    }
    return numbers;
}

/* Where file @number of @count goes: into the folder that @to ends in by its own name, or to @to. New. */
static char *file_place(const char *to, const json_t *file, json_int_t number, gsize count)
{
    if (!g_str_has_suffix(to, "/"))
        return g_strdup(to);
    g_autofree char *safe = g_path_get_basename(json_text(file, "name") ? json_text(file, "name") : "file");
    return count > 1 ? g_strdup_printf("%s%03" JSON_INTEGER_FORMAT "-%s", to, number, safe)
                     : g_strconcat(to, safe, NULL);
}

/* Records that @numbers of the exhibit at @path are downloaded. Their ticket, new. */
static json_t *record_download(Client *client, const char *path, json_t *numbers, GError **error)
{
    g_autofree char *readings = g_strconcat(path, "/readings", NULL);
    g_autoptr(json_t) body =
        json_pack("{s:s, s:O, s:s}", "what", "downloaded", "files", numbers, "reason", "Fetched by command line");
    return client_call(client, "POST", readings, body, error);
}

static gboolean get_files(Client *client, const char *space, const char *exhibit, const char *to, int only,
                          GError **error)
{
    g_autofree char *path = g_strconcat("/spaces/", space, "/evidence/", exhibit, NULL);
    g_autoptr(json_t) found = client_call(client, "GET", path, NULL, error);
    const json_t *files = json_object_get(found, "file_list");
    gsize count = json_array_size(files);
    gboolean folder = g_str_has_suffix(to, "/");
    g_autoptr(json_t) numbers = found ? chosen_files(count, folder, only, error) : NULL;
    if (!numbers)
        return FALSE;
    if (folder && g_mkdir_with_parents(to, 0700) != 0)
        return error_set_errno(error, "making the folder “%s”", to);
    g_autoptr(json_t) ticket = record_download(client, path, numbers, error);
    if (!ticket)
        return FALSE;
    gsize n;
    json_t *item;
    json_array_foreach(numbers, n, item)
    {
        json_int_t number = json_integer_value(item);
        g_autofree char *place = file_place(to, json_array_get(files, (gsize)number - 1), number, count);
        g_autofree char *from =
            g_strdup_printf("%sfiles/%" JSON_INTEGER_FORMAT "?download=1", json_text(ticket, "base"), number);
        if (!client_download(client, from, place, error))
            return FALSE;
    }
    return TRUE;
}

static int evidence_get(const char *name, int argc, char **argv)
{
    g_auto(ClientOptions) options = {0};
    g_autofree char *to = NULL;
    int only = 0;
    const GOptionEntry entries[] = {
        CLIENT_ENTRIES(options),
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &to, "Where to: a file, or a folder with a slash at its end", "FILE"},
        {"file", 0, 0, G_OPTION_ARG_INT, &only, "Only the N-th file, counted from 1", "N"},
        G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 2, 2);
    if (!left)
        return 2;
    g_autoptr(GError) error = NULL;
    if (!to)
        error_set(&error, COMITY_ERROR_USAGE, "", "", "Say where to: -o FILE, or -o FOLDER/.");
    g_autoptr(Client) client = error ? NULL : client_new(&options, &error);
    if (!client || !get_files(client, left[0], left[1], to, only, &error))
        return cli_fail(name, error);
    return 0;
}

/* Asks for the export. New, as it begins; a token that may not make it alone is refused. */
static json_t *begin_export(Client *client, const char *space, char **exhibits, gboolean readings, GError **error)
{
    g_autoptr(json_t) chosen = exhibits ? json_texts((const char *const *)exhibits) : json_null();
    g_autoptr(json_t) body = json_pack("{s:O, s:b}", "exhibits", chosen, "readings", readings);
    g_autofree char *path = g_strconcat("/spaces/", space, "/exports", NULL);
    g_autoptr(json_t) begun = client_call(client, "POST", path, body, error);
    if (begun && json_object_get(begun, "confirm")) {
        error_set(
            error, COMITY_ERROR_FORBIDDEN, "", "",
            "A person must confirm this export with a passkey, in the web app; or use a token with the scope export.");
        return NULL;
    }
    return g_steal_pointer(&begun);
}

static gboolean export_to(Client *client, const char *space, char **exhibits, gboolean readings, const char *to,
                          GError **error)
{
    g_autoptr(json_t) begun = begin_export(client, space, exhibits, readings, error);
    if (!begun)
        return FALSE;
    g_autofree char *place = g_strconcat("/exports/", json_text(begun, "id"), NULL);
    g_autoptr(json_t) done = client_wait(client, place, (const char *const[]){"writing", NULL}, "Exporting", error);
    if (!done)
        return FALSE;
    if (g_strcmp0(json_text(done, "state"), "ready") == 0)
        return client_download(client, json_text(done, "file"), to, error);
    error_set(error, COMITY_ERROR_IO, "", "", "The export failed: %s",
              json_text(done, "detail") ? json_text(done, "detail") : "no reason given.");
    return FALSE;
}

static int export(const char *name, int argc, char **argv)
{
    g_auto(ClientOptions) options = {0};
    g_autofree char *to = NULL;
    g_auto(GStrv) exhibits = NULL;
    gboolean readings = FALSE;
    const GOptionEntry entries[] = {
        CLIENT_ENTRIES(options),
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &to, "The package to write", "FILE.zip"},
        {"exhibit", 0, 0, G_OPTION_ARG_STRING_ARRAY, &exhibits, "Only this exhibit (again for more)", "ID"},
        {"readings", 0, 0, G_OPTION_ARG_NONE, &readings, "With the record of who opened what", NULL},
        G_OPTION_ENTRY_NULL};
    g_auto(GStrv) left = cli_parse(name, argc, argv, entries, 1, 1);
    if (!left)
        return 2;
    g_autoptr(GError) error = NULL;
    if (!to)
        error_set(&error, COMITY_ERROR_USAGE, "", "", "Say where to: -o FILE.zip.");
    g_autoptr(Client) client = error ? NULL : client_new(&options, &error);
    if (!client || !export_to(client, left[0], exhibits, readings, to, &error))
        return cli_fail(name, error);
    g_autofree char *said = g_strdup_printf("Wrote %s. Check it anywhere: comity verify %s", to, to);
    cli_output.note(NULL, said);
    return 0;
}

const CliCommand cli_client_commands[] = {
    {"case create", "TITLE", "Open a case; prints its id", NULL, case_create},
    {"case list", "", "The cases that this token sees", NULL, case_list},
    {"evidence add", "SPACE FILE...", "Take files in, one exhibit each; prints the exhibits' ids", NULL, evidence_add},
    {"evidence list", "SPACE", "The exhibits of a case", NULL, evidence_list},
    {"evidence get", "SPACE EXHIBIT -o FILE", "Fetch an exhibit's file; the download is recorded", NULL, evidence_get},
    {"export", "SPACE -o FILE.zip", "Export a case, or chosen exhibits, as a package that verifies offline", NULL,
     export},
    {NULL, NULL, NULL, NULL, NULL},
};
