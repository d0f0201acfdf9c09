#include "node/node.h"
#include "base/error.h"
#include "base/text.h"
#include "node/acts.h"
#include "node/checkpoints.h"
#include "node/config.h"
#include "node/lanes.h"
#include "node/open.h"
#include "node/upload_pipe.h"
#include <string.h>

const Env *node_env(const Node *self)
{
    return self->env;
}

const NodeConfig *node_config(const Node *self)
{
    return self->config;
}

const char *node_name(const Node *self)
{
    return self->config->name;
}

GBytes *node_verify_html(const Node *self)
{
    return self->verify_html;
}

const char *node_rp_id(const Node *self)
{
    return self->rp_id;
}

const char *node_own_space(const Node *self)
{
    return self->own_space;
}

const char *node_own_lane(const Node *self)
{
    return self->own_lane;
}

const char *node_dir(const Node *self)
{
    return self->dir;
}

char *node_path(const Node *self, const char *name)
{
    return g_build_filename(self->dir, name, NULL);
}

const ActTypes *node_act_types(const Node *self)
{
    return self->types;
}

const Feature *const *node_features(const Node *self)
{
    return self->features;
}

Keyring *node_keyring(Node *self)
{
    return self->keyring;
}

Blobs *node_blobs(Node *self)
{
    return self->blobs;
}

HttpMetrics *node_metrics(Node *self)
{
    return self->metrics;
}

guint node_commits(const Node *self)
{
    return (guint)g_atomic_int_get(&self->commits);
}

gint64 node_started_ms(const Node *self)
{
    return self->started_ms;
}

void node_set_feature_data(Node *self, const char *feature, gpointer data)
{
    g_hash_table_insert(self->feature_data, g_strdup(feature), data);
}

gpointer node_feature_data(Node *self, const char *feature)
{
    return g_hash_table_lookup(self->feature_data, feature);
}

/* ---- readers ---- */

Db *node_reader_open(Node *self, GError **error)
{
    g_autofree char *path = node_path(self, NODE_DATABASE);
    return db_open(self->env, path, self->database_key, DB_READ_ONLY, error);
}

gpointer node_worker_new(gpointer node, GError **error)
{
    return node_reader_open(node, error);
}

void node_worker_free(gpointer worker, gpointer node)
{
    (void)node;
    db_close(worker);
}

Db *node_reader(Node *self, HttpRequest *request)
{
    (void)self;
    return http_request_worker(request);
}

/* ---- values that the node keeps about itself ---- */

gboolean node_value_get(Db *db, const char *name, char **value, GError **error)
{
    g_autoptr(DbQuery) query = db_query(db, "SELECT value FROM node_value WHERE name = :name");
    db_bind_text(query, "name", name);
    int row = db_step(query, error);
    *value = row > 0 ? g_strdup(db_text(query, 0)) : NULL;
    return row >= 0;
}

gboolean node_value_put(Db *db, const char *name, const char *value, GError **error)
{
    g_autoptr(DbQuery) put = db_query(db, "INSERT INTO node_value (name, value) VALUES (:name, :value) "
                                          "ON CONFLICT (name) DO UPDATE SET value = :value");
    db_bind_text(put, "name", name);
    db_bind_text(put, "value", value);
    return db_run(put, error);
}

/* ---- closing ---- */

static void stop_features(Node *self)
{
    for (gsize i = 0; self->started && self->features[i]; i++)
        if (self->features[i]->stop)
            self->features[i]->stop(self);
    self->started = FALSE;
}

void node_close(Node *self)
{
    if (!self)
        return;
    if (self->jobs)
        jobs_stop(self->jobs);
    stop_features(self);
    g_clear_pointer(&self->writer, writer_free);
    g_clear_pointer(&self->jobs, jobs_free);
    g_clear_pointer(&self->uploads, uploads_free);
    g_clear_pointer(&self->live, live_free);
    g_clear_pointer(&self->lanes, lanes_free);
    g_clear_pointer(&self->checkpoints, checkpoints_free);
    g_clear_pointer(&self->highwater, highwater_close);
    g_clear_pointer(&self->blobs, blobs_close);
    g_clear_pointer(&self->db, db_close);
    g_clear_pointer(&self->types, act_types_free);
    g_clear_pointer(&self->keyring, keyring_free);
    g_clear_pointer(&self->master, secret_unref);
    g_clear_pointer(&self->wrap, secret_unref);
    g_clear_pointer(&self->database_key, secret_unref);
    g_clear_pointer(&self->blob_names, secret_unref);
    g_clear_pointer(&self->anchor_secret, secret_unref);
    g_clear_pointer(&self->cards, g_ptr_array_unref);
    g_clear_pointer(&self->feature_data, g_hash_table_unref);
    g_clear_pointer(&self->metrics, http_metrics_free);
    g_clear_pointer(&self->config, node_config_free);
    master_source_clear(&self->master_source);
    g_mutex_clear(&self->card_lock);
    g_clear_pointer(&self->verify_html, g_bytes_unref);
    g_free(self->own_space);
    g_free(self->own_lane);
    g_free(self->rp_id);
    g_free(self->dir);
    file_descriptor_close(&self->lock);
    g_free(self);
}
