/* tests/unit/keyring.c: the node's keys survive a restart and nothing but the right master key opens them; the identity
 * key may be taken off the machine and comes back with its passphrase. */
#include "crypto/keyring.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "support/world.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* A passphrase file as master_key_create makes it, but with the least limits: libsodium's moderate ones take 256 MiB
 * and most of a second. Computed with libsodium's own crypto_pwhash. */
#define CHEAP_LIMITS "argon2id 1 8192 000102030405060708090a0b0c0d0e0f\n"

typedef struct {
    World world;
    char *folder;
    char *keyring; /* path */
    char *master;  /* path */
} Fixture;

static void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    world_init(&self->world);
    self->folder = g_dir_make_tmp("comity-keyring-XXXXXX", NULL);
    self->keyring = g_build_filename(self->folder, "keyring", NULL);
    self->master = g_build_filename(self->folder, "master.key", NULL);
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_remove(self->keyring);
    g_remove(self->master);
    g_assert_cmpint(g_rmdir(self->folder), ==, 0);
    g_free(self->folder);
    g_free(self->keyring);
    g_free(self->master);
}

static void write_master(const Fixture *self, const char *text, mode_t mode)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_assert_true(file_replace(&self->world.env, self->master, bytes, mode, &error));
}

static void assert_same(const Keyring *a, const Keyring *b)
{
    g_assert_true(memcmp(keyring_identity_public(a), keyring_identity_public(b), 32) == 0);
    g_assert_true(memcmp(signing_key_seed(keyring_log(a)), signing_key_seed(keyring_log(b)), 32) == 0);
    g_assert_true(memcmp(signing_key_seed(keyring_witness(a)), signing_key_seed(keyring_witness(b)), 32) == 0);
    g_assert_true(g_bytes_equal(keyring_tls_spki(a), keyring_tls_spki(b)));
}

static void keys_survive_a_restart(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Secret) master = secret_new_random(&self->world.env);
    g_autoptr(Keyring) made = keyring_generate(&self->world.env);
    g_assert_true(keyring_save(made, &self->world.env, self->keyring, master, &error));
    struct stat about;
    g_assert_cmpint(g_stat(self->keyring, &about), ==, 0);
    g_assert_cmpuint(about.st_mode & 07777, ==, 0600);
    g_autoptr(Keyring) opened = keyring_open(self->keyring, master, &error);
    g_assert_no_error(error);
    assert_same(made, opened);
    g_assert_true(memcmp(signing_key_seed(keyring_identity(made)), signing_key_seed(keyring_identity(opened)), 32) ==
                  0);
    g_assert_true(memcmp(keyring_identity_public(made), signing_key_public(keyring_log(made)), 32) != 0);
    g_assert_cmpuint(g_bytes_get_size(keyring_tls_spki(made)), ==, 91); /* P-256 */
}

static void nothing_else_opens_it(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Secret) master = secret_new_random(&self->world.env), other = secret_new_random(&self->world.env);
    g_autoptr(Keyring) made = keyring_generate(&self->world.env);
    g_assert_null(keyring_open(self->keyring, master, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_true(keyring_save(made, &self->world.env, self->keyring, master, &error));
    g_assert_null(keyring_open(self->keyring, other, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    g_assert_nonnull(strstr(error->message, self->keyring));

    g_autoptr(GBytes) file = file_read(self->keyring, 65536, NULL);
    gsize size = g_bytes_get_size(file);
    static const gsize places[] = {0, 1, 13, 100};
    for (gsize n = 0; n < G_N_ELEMENTS(places); n++) {
        g_autofree guint8 *bytes = g_memdup2(g_bytes_get_data(file, NULL), size);
        bytes[places[n]] ^= 1;
        g_autoptr(GBytes) changed = g_bytes_new(bytes, size);
        g_assert_true(file_replace(&self->world.env, self->keyring, changed, 0600, NULL));
        g_assert_null(keyring_open(self->keyring, master, NULL));
    }
    /* Well encrypted, but no keyring: an empty one, a cut one, one of a later version. */
    g_autoptr(Secret) key = secret_derive(master, "keyring");
    static const char *const plain[] = {"", "comity/keyring/v1\n", "comity/keyring/v2\nxxxxxxxxxxxxxxxxxxxxxxxxxx"};
    for (gsize n = 0; n < G_N_ELEMENTS(plain); n++) {
        g_autoptr(GBytes) wrapped = secret_wrap_bytes(&self->world.env, key, "keyring", plain[n], strlen(plain[n]));
        g_assert_true(file_replace(&self->world.env, self->keyring, wrapped, 0600, NULL));
        g_clear_error(&error);
        g_assert_null(keyring_open(self->keyring, master, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_DAMAGED);
    }
}

static void the_identity_key_leaves_and_comes_back(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Secret) master = secret_new_random(&self->world.env);
    g_autoptr(Keyring) node = keyring_generate(&self->world.env), stranger = keyring_generate(&self->world.env);
    g_autofree char *text = keyring_export_identity(node, &self->world.env, "correct horse", &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(text, "comity/identity/v1\n"));

    keyring_forget_identity(node);
    g_assert_null(keyring_identity(node));
    g_assert_null(keyring_export_identity(node, &self->world.env, "correct horse", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_GONE);
    g_clear_error(&error);
    g_assert_true(keyring_save(node, &self->world.env, self->keyring, master, &error));
    g_autoptr(Keyring) later = keyring_open(self->keyring, master, &error);
    g_assert_no_error(error);
    g_assert_null(keyring_identity(later));
    assert_same(node, later); /* its public half stays */

    g_assert_null(keyring_read_identity(stranger, text, "correct horse", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_null(keyring_read_identity(later, text, "wrong horse", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN);
    g_clear_error(&error);
    SigningKey *key = keyring_read_identity(later, text, "correct horse", &error);
    g_assert_no_error(error);
    keyring_take_identity(later, key);
    g_assert_true(memcmp(signing_key_public(keyring_identity(later)), keyring_identity_public(node), 32) == 0);
}

static void what_is_no_exported_identity(void)
{
    World world;
    world_init(&world);
    g_autoptr(Keyring) node = keyring_generate(&world.env);
    g_autofree char *public = base64_encode(keyring_identity_public(node), 32);
#define HEAD "comity/identity/v1\n"
    g_autofree char *no_limits = g_strconcat(HEAD, public, "\nAQID\n", NULL);
    g_autofree char *greedy =
        g_strconcat(HEAD, public, "\nargon2id 1 99999999999999 000102030405060708090a0b0c0d0e0f\nAQID\n", NULL);
    g_autofree char *patient =
        g_strconcat(HEAD, public, "\nargon2id 4294967295 8192 000102030405060708090a0b0c0d0e0f\nAQID\n", NULL);
    g_autofree char *more = g_strconcat(HEAD, public, "\n" CHEAP_LIMITS "AQID\nmore\n", NULL);
    const char *const bad[] = {"", HEAD, HEAD "AAAA\n" CHEAP_LIMITS "AQID\n", no_limits, greedy, patient, more};
    for (gsize n = 0; n < G_N_ELEMENTS(bad); n++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(keyring_read_identity(node, bad[n], "x", &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *garbage = g_strconcat(HEAD, public, "\n" CHEAP_LIMITS "AQID\n", NULL);
    g_assert_null(keyring_read_identity(node, garbage, "x", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN);
}

static void a_master_key_in_a_file(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Secret) made = master_key_create(&self->world.env, self->master, NULL, &error);
    g_assert_no_error(error);
    struct stat about;
    g_assert_cmpint(g_stat(self->master, &about), ==, 0);
    g_assert_cmpuint(about.st_mode & 07777, ==, 0400);
    gboolean needs = TRUE;
    g_assert_true(master_key_needs_passphrase(self->master, &needs, &error));
    g_assert_false(needs);
    g_autoptr(Secret) loaded = master_key_load(self->master, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(memcmp(secret_bytes(made), secret_bytes(loaded), SECRET_SIZE) == 0);

    g_assert_null(master_key_create(&self->world.env, self->master, NULL, &error)); /* never over another */
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_CONFLICT);
    g_autoptr(Secret) still = master_key_load(self->master, NULL, NULL);
    g_assert_true(memcmp(secret_bytes(made), secret_bytes(still), SECRET_SIZE) == 0);
}

static void a_failing_disk_leaves_no_half_key(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    for (guint n = 1; n <= 2; n++) { /* the file's sync, the folder's sync */
        g_autoptr(GError) error = NULL;
        self->world.fail_sync = self->world.syncs + n;
        g_assert_null(master_key_create(&self->world.env, self->master, NULL, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_IO);
        g_assert_false(g_file_test(self->master, G_FILE_TEST_EXISTS));
        self->world.syncs = 0;
    }
}

#define HEX_KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void a_master_key_that_others_can_read_is_none(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const mode_t bad[] = {0404, 0440, 0644, 0602};
    for (gsize n = 0; n < G_N_ELEMENTS(bad); n++) {
        g_autoptr(GError) error = NULL;
        write_master(self, HEX_KEY "\n", bad[n]);
        g_assert_null(master_key_load(self->master, NULL, &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, "chmod 0400"));
    }
    write_master(self, HEX_KEY "\n", 0600);
    g_autoptr(Secret) key = master_key_load(self->master, NULL, NULL);
    g_assert_nonnull(key);
}

static void what_is_no_master_key(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const bad[] = {
        "",
        "\n",
        HEX_KEY "0\n",
        HEX_KEY "\n\n",
        "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\n",
        "000102030405060708090a0b0c0d0e0f\n",
        "comity/passphrase/v2\n" CHEAP_LIMITS,
        "comity/passphrase/v1\n" CHEAP_LIMITS,
        "comity/passphrase/v1\nargon2id 1 8192 zz\n00000000000000000000000000000000\n",
    };
    for (gsize n = 0; n < G_N_ELEMENTS(bad); n++) {
        g_autoptr(GError) error = NULL;
        write_master(self, bad[n], 0400);
        g_assert_null(master_key_load(self->master, "x", &error));
        g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
        g_assert_null(strstr(error->message, "0001020304")); /* no key in a sentence */
    }
    write_master(self, HEX_KEY, 0400); /* without LF, as a credential may come */
    g_autoptr(GError) error = NULL;
    g_autoptr(Secret) key = master_key_load(self->master, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *text = hex_encode(secret_bytes(key), SECRET_SIZE);
    g_assert_cmpstr(text, ==, HEX_KEY);
}

static void a_passphrase_makes_the_master_key(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Secret) made = master_key_create(&self->world.env, self->master, "correct horse", &error);
    g_assert_no_error(error);
    gboolean needs = FALSE;
    g_assert_true(master_key_needs_passphrase(self->master, &needs, &error));
    g_assert_true(needs);
    g_autoptr(GBytes) file = file_read(self->master, 4096, NULL);
    g_autofree char *text = g_strndup(g_bytes_get_data(file, NULL), g_bytes_get_size(file));
    g_assert_true(g_str_has_prefix(text, "comity/passphrase/v1\nargon2id 3 268435456 "));
    g_autofree char *hex = hex_encode(secret_bytes(made), SECRET_SIZE);
    g_assert_null(strstr(text, hex));

    g_autoptr(Secret) loaded = master_key_load(self->master, "correct horse", &error);
    g_assert_no_error(error);
    g_assert_true(memcmp(secret_bytes(made), secret_bytes(loaded), SECRET_SIZE) == 0);
    g_assert_null(master_key_load(self->master, "wrong horse", &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_FORBIDDEN);
    g_clear_error(&error);
    g_assert_null(master_key_load(self->master, NULL, &error));
    g_assert_error(error, COMITY_ERROR, COMITY_ERROR_INVALID);
}

/* The limits of a file count, whatever the program makes new ones with. */
static void a_passphrase_with_the_limits_of_its_file(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    write_master(self, "comity/passphrase/v1\n" CHEAP_LIMITS "61392dbd5aa10596060ff91aa69051a9\n", 0400);
    g_autoptr(Secret) key = master_key_load(self->master, "correct horse", &error);
    g_assert_no_error(error);
    g_autofree char *text = hex_encode(secret_bytes(key), SECRET_SIZE);
    g_assert_cmpstr(text, ==, "50904be19724571164e0be602f7a4a15490a2e182ee3281e69780d43344590b7");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)
    ADD("/keyring/restart", keys_survive_a_restart);
    ADD("/keyring/refused", nothing_else_opens_it);
    ADD("/keyring/identity", the_identity_key_leaves_and_comes_back);
    g_test_add_func("/keyring/identity/refused", what_is_no_exported_identity);
    ADD("/master-key/file", a_master_key_in_a_file);
    ADD("/master-key/disk", a_failing_disk_leaves_no_half_key);
    ADD("/master-key/mode", a_master_key_that_others_can_read_is_none);
    ADD("/master-key/refused", what_is_no_master_key);
    ADD("/master-key/passphrase", a_passphrase_makes_the_master_key);
    ADD("/master-key/passphrase/limits", a_passphrase_with_the_limits_of_its_file);
    return g_test_run();
}
