/* features/people/challenge.h: random challenges that were sent out and wait for a passkey's answer.
 *
 * Idea: they live in memory, because writing one down for everybody who asks would let an outsider keep the disk busy;
 * a restart drops them, and the page asks for another. H1  A challenge serves once: it is taken before it is looked at,
 * whatever the answer turns out to be. H2  It lives 5 minutes, and serves only what it was made for: signing in, one
 * invitation, one person's new passkey. H3  At most 10,000 at once: beyond that the oldest is dropped. */
#pragma once
#include "base/env.h"
#include <glib.h>

#define CHALLENGE_LIFE_MS ((gint64)5 * 60 * 1000)

typedef enum { CHALLENGE_SIGN_IN, CHALLENGE_ENROL, CHALLENGE_ADD } ChallengeUse;

typedef struct Challenges Challenges;
Challenges *challenges_new(const Env *env);
void challenges_free(Challenges *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Challenges, challenges_free)

/* A new challenge for @use and @about (an invitation, a person; "" for signing in). Returns its bytes: of a sign-in
 * those of sign_in_challenge(), otherwise random. @id: out, new. Thread-safe. */
GBytes *challenges_make(Challenges *self, ChallengeUse use, const char *about, char **id);
/* Takes @id out (H1). NULL with COMITY_ERROR_GONE (challenge.gone) where it is not one for @use and @about. */
GBytes *challenges_take(Challenges *self, const char *id, ChallengeUse use, const char *about,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
