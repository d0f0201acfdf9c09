/* tests/fuzz/fields.c: a JSON body against the tables of fields of every act type that the program knows. The first line names the
 * type. Where the body is refused, the pointer leads to something in it, or to what is missing; where it is taken, it is taken again
 * after it was written and read, and no text in it holds a control character that its field does not allow. */
#include "app/app.h"
#include "base/error.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define BODY_MAX 65536

static ActTypes *types;

/* The value that @pointer (RFC 6901) leads to; NULL where its last step leads to nothing, and nothing else does. */
static const json_t *find(const json_t *value, const char *pointer)
{
    g_auto(GStrv) steps = g_strsplit(pointer, "/", -1);
    for (guint n = 1; steps[0] && steps[n]; n++) {
        g_autoptr(GString) step = g_string_new(steps[n]);
        g_string_replace(step, "~1", "/", 0);
        g_string_replace(step, "~0", "~", 0);
        g_assert(value != NULL);
        value = json_is_array(value) ? json_array_get(value, (size_t)g_ascii_strtoull(step->str, NULL, 10))
                                     : json_object_get(value, step->str);
    }
    return value;
}

static void assert_texts(const Field *field, const json_t *value)
{
    if (field->kind == FIELD_TEXT && json_is_string(value) && !(field->flags & FIELD_VERBATIM))
        for (const char *at = json_string_value(value); *at; at = g_utf8_next_char(at))
            g_assert(!g_unichar_iscntrl(g_utf8_get_char(at)) || (field->flags & FIELD_LINES && strchr("\t\n\r", *at)));
    if (field->kind == FIELD_OBJECT)
        for (const Field *of = field->of; json_is_object(value) && of->name; of++)
            if (json_object_get(value, of->name))
                assert_texts(of, json_object_get(value, of->name));
    if (field->kind == FIELD_LIST)
        for (size_t n = 0; n < json_array_size(value); n++)
            assert_texts(field->of, json_array_get(value, n));
}

static void check(const Field *fields, const json_t *body)
{
    g_autoptr(GError) error = NULL;
    gboolean kept = fields_validate(fields, body, &error);
    g_assert(kept == (error == NULL));
    if (error) {
        g_assert(g_utf8_validate(error->message, -1, NULL) && *error_pointer(error) == '/');
        (void)!find(body, error_pointer(error));
        return;
    }
    gsize written = 0;
    g_autofree char *text = json_compact(body, &written);
    g_autoptr(json_t) again = json_strict_parse(text, written, 6 * BODY_MAX, NULL);
    g_assert(again && fields_validate(fields, again, NULL));
    for (const Field *field = fields; field && field->name; field++)
        if (json_object_get(body, field->name))
            assert_texts(field, json_object_get(body, field->name));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (!types)
        types = app_act_types();
    const uint8_t *split = length > 0 ? memchr(bytes, '\n', length) : NULL;
    if (!split)
        return 0;
    g_autofree char *name = g_strndup((const char *)bytes, (gsize)(split - bytes));
    const ActType *type = act_types_find(types, name);
    g_autoptr(json_t) body =
        json_strict_parse((const char *)split + 1, length - (gsize)(split - bytes) - 1, BODY_MAX, NULL);
    if (type && body)
        check(type->fields, body);
    return 0;
}
