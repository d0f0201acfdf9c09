/* tests/unit/chunked.c: a blob at rest. Whoever changes, cuts, lengthens or reorders it gets nothing that was not
 * authenticated, by whichever way it is read: whole, as a stream, or from its end. */
#include "crypto/chunked.h"
#include "base/error.h"
#include "base/text.h"
#include "support/shared.h"
#include "support/world.h"
#include <gio/gio.h>
#include <string.h>

typedef struct {
    const json_t *json;
    const char *comment;
    Secret *key;
    GBytes *context;
    GBytes *sealed;
    gboolean valid;
} Vector;

static void clear_vector(Vector *self)
{
    secret_unref(self->key);
    g_bytes_unref(self->context);
    g_bytes_unref(self->sealed);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Vector, clear_vector)

static GBytes *decompress(GBytes *packed)
{
    g_autoptr(GConverter) converter = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
    g_autoptr(GInputStream) input = g_memory_input_stream_new_from_bytes(packed);
    g_autoptr(GInputStream) stream = g_converter_input_stream_new(input, converter);
    g_autoptr(GByteArray) all = g_byte_array_new();
    guint8 part[65536];
    for (;;) {
        gssize got = g_input_stream_read(stream, part, sizeof part, NULL, NULL);
        g_assert_cmpint(got, >=, 0);
        if (got == 0)
            return g_byte_array_free_to_bytes(g_steal_pointer(&all));
        g_byte_array_append(all, part, (guint)got);
    }
}

static gboolean has_flag(const json_t *vector, const char *flag)
{
    gsize n;
    json_t *value;
    json_array_foreach(json_object_get(vector, "flags"), n,
                       value) if (g_str_equal(json_string_value(value), flag)) return TRUE;
    return FALSE;
}

static Vector read_vector(const json_t *json)
{
    g_autoptr(GBytes) key = member_bytes(json, "key"), packed = member_bytes(json, "ct");
    g_assert_cmpuint(g_bytes_get_size(key), ==, SECRET_SIZE);
    return (Vector){
        .json = json,
        .comment = json_text(json, "comment"),
        .key = secret_new_copy(g_bytes_get_data(key, NULL)),
        .context = member_bytes(json, "ctx"),
        .sealed = decompress(packed),
        .valid = g_str_equal(json_text(json, "result"), "valid"),
    };
}

static gconstpointer context_of(const Vector *self, gsize *length)
{
    return g_bytes_get_data(self->context, length);
}

/* What the vector says of the message, or of its longest good beginning. */
static void assert_message(const Vector *self, gconstpointer bytes, gsize length)
{
    g_assert_cmpint((gint64)length, ==, json_integer_or(self->json, "msgLength", 0));
    const char *expected = json_text(self->json, "msgSha512");
    g_autofree char *found = g_compute_checksum_for_data(G_CHECKSUM_SHA512, bytes, length);
    if (expected != NULL)
        g_assert_cmpstr(found, ==, expected);
}

static GBytes *read_whole(const Vector *self, GError **error)
{
    gsize length;
    gconstpointer context = context_of(self, &length);
    return chunked_decrypt_bytes(self->key, context, length, self->sealed, error);
}

/* The head is taken on trust of its commitment alone; NULL where the ciphertext is too short to have one. */
static ChunkedKey *open_head(const Vector *self)
{
    gsize length, size;
    gconstpointer context = context_of(self, &length);
    const guint8 *bytes = g_bytes_get_data(self->sealed, &size);
    return size < CHUNKED_HEAD ? NULL : chunked_key_open(self->key, bytes, context, length, NULL);
}

/* Reads as a stream would: chunk after chunk, until one fails or the short one came. */
static void read_as_a_stream(const Vector *self)
{
    g_autoptr(ChunkedKey) key = open_head(self);
    g_assert_cmpint(key == NULL, ==, has_flag(self->json, "HeaderFailure"));
    if (key == NULL)
        return;
    gsize size;
    const guint8 *bytes = g_bytes_get_data(self->sealed, &size);
    g_autoptr(GByteArray) out = g_byte_array_new();
    gboolean complete = FALSE;
    guint64 index = 0;
    for (gsize at = CHUNKED_HEAD; at < size && !complete; index++) {
        gsize length = MIN(size - at, CHUNK_SEALED);
        guint8 plain[CHUNK_PLAIN];
        if (!chunked_decrypt(key, index, bytes + at, length, plain, NULL))
            break;
        g_byte_array_append(out, plain, (guint)(length - 16));
        at += length;
        complete = length < CHUNK_SEALED && at == size;
    }
    g_assert_cmpint(complete, ==, self->valid);
    assert_message(self, out->data, out->len);
}

/* Whoever states the length has authenticated the last chunk first. */
static void read_the_end(const Vector *self)
{
    g_autoptr(ChunkedKey) key = open_head(self);
    gint64 size = (gint64)g_bytes_get_size(self->sealed), plain = chunked_plain_size(size);
    gboolean good = FALSE;
    if (key != NULL && plain >= 0) {
        guint64 last = (guint64)plain / CHUNK_PLAIN;
        gsize at = CHUNKED_HEAD + last * CHUNK_SEALED;
        guint8 out[CHUNK_PLAIN];
        const guint8 *bytes = g_bytes_get_data(self->sealed, NULL);
        good = chunked_decrypt(key, last, bytes + at, (gsize)size - at, out, NULL);
    }
    g_assert_cmpint(good, ==, self->valid || has_flag(self->json, "ValidFinalChunk"));
}

/* Under the vector's own salt the ciphertext comes out byte for byte. */
static void encrypt_again(const Vector *self, GBytes *plain)
{
    gsize context_length, size = g_bytes_get_size(plain);
    gconstpointer context = context_of(self, &context_length);
    const guint8 *expected = g_bytes_get_data(self->sealed, NULL);
    g_autoptr(ChunkedKey) key = chunked_key_new(self->key, expected, context, context_length);
    gint64 sealed_size = chunked_sealed_size((gint64)size);
    g_assert_cmpint(sealed_size, ==, (gint64)g_bytes_get_size(self->sealed));
    g_assert_cmpint(chunked_plain_size(sealed_size), ==, (gint64)size);
    g_autofree guint8 *sealed = g_malloc((gsize)sealed_size);
    chunked_head(key, sealed);
    const guint8 *from = g_bytes_get_data(plain, NULL);
    for (guint64 index = 0; index <= size / CHUNK_PLAIN; index++) {
        gsize length = MIN(size - index * CHUNK_PLAIN, CHUNK_PLAIN);
        chunked_encrypt(key, index, length > 0 ? from + index * CHUNK_PLAIN : NULL, length,
                        sealed + CHUNKED_HEAD + index * CHUNK_SEALED);
    }
    g_assert_true(memcmp(sealed, expected, (gsize)sealed_size) == 0);
}

static void judge(const Vector *self)
{
    g_test_message("%s", self->comment);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) plain = read_whole(self, &error);
    if (self->valid) {
        g_assert_no_error(error);
        assert_message(self, g_bytes_get_data(plain, NULL), g_bytes_get_size(plain));
        encrypt_again(self, plain);
    } else {
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
        g_assert_null(plain);
    }
    read_as_a_stream(self);
    read_the_end(self);
}

static void cobblestone_as_wycheproof_knows_it(void)
{
    g_autoptr(json_t) suite = shared_json("vectors/wycheproof/c2sp_chunked_encryption_aes_256_gcm_test.json");
    if (suite == NULL)
        return;
    guint done = 0;
    gsize n;
    json_t *json, *group = json_array_get(json_object_get(suite, "testGroups"), 0);
    json_array_foreach(json_object_get(group, "tests"), n, json)
    {
        if (has_flag(json, "InvalidKeySize")) /* a Secret has 32 bytes: there is no way to ask for it */
            continue;
        g_auto(Vector) vector = read_vector(json);
        judge(&vector);
        done++;
    }
    g_assert_cmpuint(done, ==, 33);
}

static void every_length_around_a_chunk(void)
{
    World world;
    world_init(&world);
    g_autoptr(Secret) key = secret_new_random(&world.env);
    static const gsize sizes[] = {0, 1, 15, 16, 16383, 16384, 16385, 32767, 32768, 50000};
    for (gsize n = 0; n < G_N_ELEMENTS(sizes); n++) {
        g_autofree guint8 *bytes = g_malloc(sizes[n] + 1);
        env_random(&world.env, bytes, sizes[n]);
        g_autoptr(GBytes) plain = g_bytes_new(bytes, sizes[n]);
        g_autoptr(GBytes) sealed = chunked_encrypt_bytes(&world.env, key, "space", 5, plain);
        g_autoptr(GBytes) again = chunked_encrypt_bytes(&world.env, key, "space", 5, plain);
        g_assert_false(g_bytes_equal(sealed, again)); /* a salt of its own each time (C1) */
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) back = chunked_decrypt_bytes(key, "space", 5, sealed, &error);
        g_assert_no_error(error);
        g_assert_true(g_bytes_equal(back, plain));
        g_assert_null(chunked_decrypt_bytes(key, "other", 5, sealed, NULL)); /* no blob moves to another space */
    }
}

static void which_lengths_there_are(void)
{
    static const struct {
        gint64 sealed, plain;
    } known[] = {
        {-1, -1},    {0, -1},     {56, -1},       {71, -1},       {72, 0},        {73, 1},          {16455, 16383},
        {16456, -1}, {16471, -1}, {16472, 16384}, {16473, 16385}, {32872, 32768}, {G_MAXINT64, -1},
    };
    for (gsize n = 0; n < G_N_ELEMENTS(known); n++) {
        g_assert_cmpint(chunked_plain_size(known[n].sealed), ==, known[n].plain);
        if (known[n].plain >= 0)
            g_assert_cmpint(chunked_sealed_size(known[n].plain), ==, known[n].sealed);
    }
    gint64 most = (G_GINT64_CONSTANT(1) << 52) - 1; /* 2^38 chunks of 2^14, less a byte */
    g_assert_cmpint(chunked_plain_size(chunked_sealed_size(most)), ==, most);
    g_assert_cmpint(chunked_sealed_size(most + 1), ==, -1);
    g_assert_cmpint(chunked_plain_size(chunked_sealed_size(most) + 1), ==, -1);
    g_assert_cmpint(chunked_sealed_size(-1), ==, -1);
}

static void a_chunk_opens_only_in_its_place(void)
{
    World world;
    world_init(&world);
    g_autoptr(Secret) input = secret_new_random(&world.env);
    static const guint8 salt[24] = {1};
    g_autoptr(ChunkedKey) key = chunked_key_new(input, salt, NULL, 0);
    static const guint64 places[] = {0, 1, 255, 256, 65536, (G_GUINT64_CONSTANT(1) << 38) - 1};
    guint8 plain[100] = {7}, out[100];
    for (gsize n = 0; n < G_N_ELEMENTS(places); n++) {
        guint8 sealed[116];
        chunked_encrypt(key, places[n], plain, sizeof plain, sealed);
        for (gsize m = 0; m < G_N_ELEMENTS(places); m++)
            g_assert_cmpint(chunked_decrypt(key, places[m], sealed, sizeof sealed, out, NULL), ==, n == m);
        g_autoptr(GError) error = NULL;
        g_assert_false(chunked_decrypt(key, G_GUINT64_CONSTANT(1) << 38, sealed, sizeof sealed, out, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
        g_assert_false(chunked_decrypt(key, places[n], sealed, 15, out, NULL));
    }
}

typedef struct {
    const ChunkedKey *key;
    const guint8 *sealed;
} Share;

static gpointer read_often(gpointer data)
{
    const Share *share = data;
    guint8 out[CHUNK_PLAIN];
    for (guint n = 0; n < 200; n++)
        if (!chunked_decrypt(share->key, 3, share->sealed, CHUNK_SEALED, out, NULL) || out[0] != 9)
            return GINT_TO_POINTER(FALSE);
    return GINT_TO_POINTER(TRUE);
}

static void several_threads_read_one_blob(void)
{
    World world;
    world_init(&world);
    g_autoptr(Secret) input = secret_new_random(&world.env);
    static const guint8 salt[24] = {1};
    g_autoptr(ChunkedKey) key = chunked_key_new(input, salt, NULL, 0);
    guint8 plain[CHUNK_PLAIN] = {9}, sealed[CHUNK_SEALED];
    chunked_encrypt(key, 3, plain, sizeof plain, sealed);
    Share share = {.key = key, .sealed = sealed};
    GThread *threads[4];
    for (guint n = 0; n < G_N_ELEMENTS(threads); n++)
        threads[n] = g_thread_new("read", read_often, &share);
    for (guint n = 0; n < G_N_ELEMENTS(threads); n++)
        g_assert_true(GPOINTER_TO_INT(g_thread_join(threads[n])));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/chunked/wycheproof", cobblestone_as_wycheproof_knows_it);
    g_test_add_func("/chunked/lengths", every_length_around_a_chunk);
    g_test_add_func("/chunked/sizes", which_lengths_there_are);
    g_test_add_func("/chunked/place", a_chunk_opens_only_in_its_place);
    g_test_add_func("/chunked/threads", several_threads_read_one_blob);
    return g_test_run();
}
