/* crypto/keyring.h: a node's keys in one file, encrypted under the master key.
 *   K1  The four keys of a node: identity, log, witness, tls. The identity key may leave the file (an administrator
 *       takes it off); the others stay. The anchor secret and the lane and blob keys are not here: derived or wrapped.
 *   K2  The file is replaced whole (base/file.h F1), mode 0600; a copy of an old one opens, nothing is versioned here.
 *   K3  The master key comes from a file (0400), a systemd credential, or a passphrase (Argon2id; salt and limits in
 *       the key file's place). It never touches the data directory's disk image but through these. */
#pragma once
#include "crypto/note.h"
#include "crypto/secret.h"

typedef struct Keyring Keyring;

Keyring *keyring_generate(const Env *env); /* four fresh keys; TLS: ECDSA P-256 */
Keyring *keyring_open(const char *path, const Secret *master, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean keyring_save(const Keyring *self, const Env *env, const char *path, const Secret *master,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void keyring_free(Keyring *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keyring, keyring_free)

const SigningKey *keyring_identity(const Keyring *self);    /* NULL when it was taken off */
const guint8 *keyring_identity_public(const Keyring *self); /* 32 bytes, stays */
const SigningKey *keyring_log(const Keyring *self);
const SigningKey *keyring_witness(const Keyring *self);
GBytes *keyring_tls_spki(const Keyring *self); /* DER, borrowed */

/* The identity key as text under @passphrase (Argon2id, AES-256-GCM), to be kept off the machine; and back. */
char *keyring_export_identity(const Keyring *self, const Env *env, const char *passphrase,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void keyring_forget_identity(Keyring *self); /* then save */
/* The identity key from what was exported; takes a second of processor time. COMITY_ERROR_INVALID, _CONFLICT (another
 * node's), _FORBIDDEN (the passphrase is wrong). New. */
SigningKey *keyring_read_identity(const Keyring *self, const char *text, const char *passphrase,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void keyring_take_identity(Keyring *self, SigningKey *key); /* consumes @key; then save */

/* Master key. The file holds 64 hex digits and LF, or "comity/passphrase/v1" with Argon2id parameters and salt.
 * @passphrase: NULL unless the file says so. */
Secret *master_key_load(const char *path, const char *passphrase, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean master_key_needs_passphrase(const char *path, gboolean *needs, GError **error) G_GNUC_WARN_UNUSED_RESULT;
Secret *master_key_create(const Env *env, const char *path, const char *passphrase,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
