/* features/people/challenge.c: see challenge.h. */
#include "features/people/challenge.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/passkey.h"

#define MOST 10000

typedef struct {
    char *id, *about;
    ChallengeUse use;
    gint64 expires_ms;
    GBytes *bytes;
} Challenge;

struct Challenges {
    const Env *env;
    GMutex lock;
    GQueue list;       /* of Challenge, the oldest first: all live equally long */
    GHashTable *by_id; /* id to its link in @list */
};

static void challenge_free(Challenge *self)
{
    g_free(self->id);
    g_free(self->about);
    g_bytes_unref(self->bytes);
    g_free(self);
}

Challenges *challenges_new(const Env *env)
{
    Challenges *self = g_new0(Challenges, 1);
    self->env = env;
    g_mutex_init(&self->lock);
    self->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    return self;
}

void challenges_free(Challenges *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->by_id);
    g_queue_clear_full(&self->list, (GDestroyNotify)challenge_free);
    g_mutex_clear(&self->lock);
    g_free(self);
}

/* Under the lock. The caller owns it then. */
static Challenge *unlink_challenge(Challenges *self, GList *link)
{
    Challenge *challenge = link->data;
    g_hash_table_remove(self->by_id, challenge->id);
    g_queue_delete_link(&self->list, link);
    return challenge;
}

static void drop_old(Challenges *self)
{
    gint64 now = env_now_ms(self->env);
    while (self->list.head) {
        const Challenge *oldest = self->list.head->data;
        if (oldest->expires_ms > now && self->list.length < MOST)
            return;
        challenge_free(unlink_challenge(self, self->list.head));
    }
}

GBytes *challenges_make(Challenges *self, ChallengeUse use, const char *about, char **id)
{
    Challenge *challenge = g_new0(Challenge, 1);
    Hash bytes;
    env_random(self->env, bytes.bytes, sizeof bytes.bytes);
    if (use == CHALLENGE_SIGN_IN)
        bytes = sign_in_challenge(bytes.bytes);
    challenge->id = uuid7_new(self->env);
    challenge->about = g_strdup(about);
    challenge->use = use;
    challenge->expires_ms = env_now_ms(self->env) + CHALLENGE_LIFE_MS;
    challenge->bytes = g_bytes_new(bytes.bytes, sizeof bytes.bytes);
    *id = g_strdup(challenge->id);
    GBytes *copy = g_bytes_ref(challenge->bytes);

    G_GNUC_UNUSED g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    drop_old(self);
    g_queue_push_tail(&self->list, challenge);
    g_hash_table_insert(self->by_id, challenge->id, self->list.tail);
    return copy;
}

GBytes *challenges_take(Challenges *self, const char *id, ChallengeUse use, const char *about, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    G_GNUC_UNUSED g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
    drop_old(self);
    GList *link = g_hash_table_lookup(self->by_id, id);
    if (link) {
        Challenge *challenge = unlink_challenge(self, link);
        if (challenge->use == use && g_str_equal(challenge->about, about))
            bytes = g_bytes_ref(challenge->bytes);
        challenge_free(challenge);
    }
    if (!bytes)
        error_set(error, COMITY_ERROR_GONE, "challenge.gone", "/challenge_id",
                  "This challenge has expired or was answered already; begin again.");
    return g_steal_pointer(&bytes);
}
