/* http/router.c: a tree of path segments. Adding happens before the server starts; matching only reads. */
#include "http/private.h"

typedef struct Segment Segment;
struct Segment {
    GHashTable *literals; /* text -> Segment; made when first wanted */
    Segment *any;         /* `{name}` */
    GPtrArray *entries;   /* of HttpRouteEntry: the methods of the path that ends here */
};

struct HttpRouter {
    Segment *root;
    GPtrArray *entries; /* of HttpRouteEntry, in the order added; owned */
};

static void segment_free(gpointer data)
{
    Segment *self = data;
    if (self == NULL)
        return;
    g_clear_pointer(&self->literals, g_hash_table_unref);
    segment_free(self->any);
    g_ptr_array_unref(self->entries);
    g_free(self);
}

static Segment *segment_new(void)
{
    Segment *self = g_new0(Segment, 1);
    self->entries = g_ptr_array_new();
    return self;
}

HttpRouter *http_router_new(void)
{
    HttpRouter *self = g_new0(HttpRouter, 1);
    self->root = segment_new();
    self->entries = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void http_router_free(HttpRouter *self)
{
    if (self == NULL)
        return;
    segment_free(self->root);
    g_ptr_array_unref(self->entries);
    g_free(self);
}

static gboolean is_name(const char *text)
{
    gsize length = strlen(text);
    if (length < 3 || text[0] != '{' || text[length - 1] != '}')
        return FALSE;
    for (gsize i = 1; i < length - 1; i++)
        if (!g_ascii_islower(text[i]) && text[i] != '_')
            return FALSE;
    return TRUE;
}

static gboolean is_literal(const char *text)
{
    return *text != '\0' && strpbrk(text, "{}%?#") == NULL && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

/* The child of @at for one segment of a pattern, made where there is none. NULL where the segment is malformed. */
static Segment *descend(Segment *at, const char *text)
{
    if (is_name(text)) {
        if (at->any == NULL)
            at->any = segment_new();
        return at->any;
    }
    if (!is_literal(text))
        return NULL;
    if (at->literals == NULL)
        at->literals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, segment_free);
    Segment *child = g_hash_table_lookup(at->literals, text);
    if (child == NULL) {
        child = segment_new();
        g_hash_table_insert(at->literals, g_strdup(text), child);
    }
    return child;
}

/* The route of @method among @entries; HEAD falls back on GET (P3). */
static HttpRouteEntry *entry_for(const GPtrArray *entries, const char *method)
{
    for (guint i = 0; i < entries->len; i++) {
        HttpRouteEntry *entry = entries->pdata[i];
        if (strcmp(entry->route->method, method) == 0)
            return entry;
    }
    return strcmp(method, "HEAD") == 0 ? entry_for(entries, "GET") : NULL;
}

static const HttpRoute *clash(const GPtrArray *entries, const HttpRoute *route)
{
    for (guint i = 0; i < entries->len; i++) {
        const HttpRoute *other = ((const HttpRouteEntry *)entries->pdata[i])->route;
        if (strcmp(other->method, route->method) == 0)
            return other;
    }
    return NULL;
}

static gboolean add(HttpRouter *self, const HttpRoute *route, GError **error)
{
    g_auto(GStrv) segments = g_strsplit(route->path, "/", -1);
    Segment *at = route->path[0] == '/' && route->handler != NULL ? self->root : NULL;
    guint names = 0;
    for (guint i = 1; at != NULL && segments[i] != NULL; i++) {
        names += is_name(segments[i]) ? 1 : 0;
        at = descend(at, segments[i]);
    }
    if (at == NULL || names > HTTP_PARAMETERS) {
        error_set(error, COMITY_ERROR_INVALID, "", "", "The route %s %s is malformed.", route->method, route->path);
        return FALSE;
    }
    const HttpRoute *other = clash(at->entries, route);
    if (other != NULL) {
        error_set(error, COMITY_ERROR_INVALID, "", "", "The routes %s %s and %s can't be told apart.", route->method,
                  route->path, other->path);
        return FALSE;
    }
    HttpRouteEntry *entry = g_new0(HttpRouteEntry, 1);
    entry->route = route;
    g_ptr_array_add(self->entries, entry);
    g_ptr_array_add(at->entries, entry);
    return TRUE;
}

gboolean http_router_add(HttpRouter *self, const HttpRoute *routes, GError **error)
{
    for (const HttpRoute *route = routes; route->method != NULL; route++)
        if (!add(self, route, error))
            return FALSE;
    return TRUE;
}

/* The segment at which @path (decoded segments, NULL-ended) ends and which has routes: literals first, then names. */
static const Segment *find(const Segment *at, char *const *path)
{
    if (*path == NULL)
        return at->entries->len > 0 ? at : NULL;
    const Segment *child = at->literals != NULL ? g_hash_table_lookup(at->literals, *path) : NULL;
    const Segment *found = child != NULL ? find(child, path + 1) : NULL;
    if (found == NULL && at->any != NULL)
        found = find(at->any, path + 1);
    return found;
}

static char *allowed(const GPtrArray *entries)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < entries->len; i++) {
        const char *method = ((const HttpRouteEntry *)entries->pdata[i])->route->method;
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", method);
        if (strcmp(method, "GET") == 0 && clash(entries, &(HttpRoute){.method = "HEAD"}) == NULL)
            g_string_append(text, ", HEAD");
    }
    return g_string_free(text, FALSE);
}

/* Splits, then decodes (P2). NULL where a segment is bad; `*empty` where one is empty or a dot segment. */
static char **split(const char *path, gboolean *empty)
{
    g_auto(GStrv) segments = g_strsplit(path + 1, "/", -1);
    *empty = FALSE;
    for (char **at = segments; *at != NULL; at++) {
        g_autofree char *decoded = g_malloc(strlen(*at) + 1);
        if (!http_percent_decode(*at, strlen(*at), TRUE, decoded))
            return NULL;
        *empty |= *decoded == '\0' || strcmp(decoded, ".") == 0 || strcmp(decoded, "..") == 0;
        g_free(*at);
        *at = g_steal_pointer(&decoded);
    }
    return g_steal_pointer(&segments);
}

static void keep_parameters(const HttpRoute *route, char **segments, HttpMatched *out)
{
    const char *at = route->path + 1;
    for (char **segment = segments; *segment != NULL; segment++) {
        const char *end = strchrnul(at, '/');
        if (*at == '{') {
            HttpField *parameter = &out->parameters[out->n_parameters++];
            parameter->name = at + 1; /* ends at the brace: compared by length */
            parameter->value = g_steal_pointer(segment);
            *segment = g_strdup("");
        }
        at = *end == '/' ? end + 1 : end;
    }
}

HttpMatch http_router_match(const HttpRouter *self, const char *method, const char *path, HttpMatched *out)
{
    *out = (HttpMatched){.entry = NULL};
    gboolean empty;
    g_auto(GStrv) segments = split(path, &empty);
    if (segments == NULL)
        return HTTP_MATCH_BAD;
    const Segment *end = empty ? NULL : find(self->root, segments);
    if (end == NULL)
        return HTTP_MATCH_NONE;
    out->entry = entry_for(end->entries, method);
    if (out->entry == NULL) {
        out->allow = allowed(end->entries);
        return HTTP_MATCH_METHOD;
    }
    keep_parameters(out->entry->route, segments, out);
    return HTTP_MATCH_ROUTE;
}
