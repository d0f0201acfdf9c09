#include "node/wrapping.h"
#include "node/internal.h"

GBytes *node_wrap(Node *self, const char *what, const Secret *secret)
{
    return secret_wrap(self->env, self->wrap, what, secret);
}

Secret *node_unwrap(Node *self, const char *what, GBytes *wrapped, GError **error)
{
    return secret_unwrap(self->wrap, what, wrapped, error);
}
