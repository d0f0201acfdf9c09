/* node/projection.h: what the `project` hooks of features share (node/feature.h): an entity's fields as columns. */
#pragma once
#include "node/feature.h"

/* The text that stands in @field, "" where none does. Borrowed from @entity. */
const char *projection_text(const Entity *entity, const char *field);

typedef struct {
    const char *field, *member; /* @member NULL: the API calls it as the entity does */
} ProjectionField;
/* Those of @fields (ended by a NULL field) that are contested, each with all its values, as JSON text for the column from
 * which the API's "contested" is read. New; NULL: none is. */
char *projection_contested(const Entity *entity, const ProjectionField *fields);

/* Runs each of @statements (ended by NULL), bound to :space and :subject. */
gboolean projection_delete(Db *db, const EntityPlace *place, const char *const *statements,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* :time, :height, :node, :epoch, :seq, :person and :leaf of @record. */
void projection_bind_record(DbQuery *query, const EntityRecord *record);
