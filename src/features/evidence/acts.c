/* features/evidence/acts.c: what people do to an exhibit, and that they looked at it.
 *
 * Idea: facts about an exhibit are free values with history; its files only ever grow; sealing is exclusive and
 * confirmed: from then on no file may be added. A reading is an entity of its own, so that looking changes nothing. */
#include "features/evidence/acts.h"
#include "ledger/entity.h"

static const char *const takers[] = {"investigator", "prosecutor", "clerk", NULL};
static const char *const sealers[] = {"investigator", "prosecutor", NULL};
static const char *const readers[] = {"investigator", "prosecutor", "clerk", "defence", NULL};

const char *const exhibit_types[] = {"document",   "image",       "video",          "audio", "device_extract",
                                     "disk_image", "web_capture", "message_export", "other", NULL};
const char *const exhibit_ways[] = {"search",      "seizure",   "handed_over", "witness", "victim", "provider",
                                    "open_source", "authority", "undercover",  "other",   NULL};
const char *const exhibit_uses[] = {"evidence", "lead_only", "ask_first", "named_persons", NULL};
static const char *const reading_kinds[] = {"opened", "downloaded", "printed", "searched", NULL};

static const Field file_members[] = {
    {.name = "sha256", .kind = FIELD_HASH, .says = "SHA-256 of the file's bytes."},
    {.name = "size", .kind = FIELD_INTEGER, .says = "Its length in bytes."},
    {.name = "name",
     .kind = FIELD_TEXT,
     .flags = FIELD_PRIVATE | FIELD_VERBATIM,
     .min = 1,
     .max = 255,
     .says = "Its name where it came from."},
    {.name = "path",
     .kind = FIELD_TEXT,
     .flags = FIELD_PRIVATE | FIELD_VERBATIM,
     .max = 1024,
     .says = "Its folder there, with slashes; may be empty."},
    {.name = "media_type", .kind = FIELD_TEXT, .min = 1, .max = 127, .says = "What its first bytes look like."},
    {.name = "modified",
     .kind = FIELD_TIME,
     .flags = FIELD_OPTIONAL,
     .says = "When its source says that it was changed last."},
    {.name = NULL},
};
static const Field file_item = {.kind = FIELD_OBJECT, .of = file_members};
static const Field language_item = {.kind = FIELD_LANGUAGE};
static const Field number_item = {.kind = FIELD_INTEGER, .min = 1, .max = 10000};

static const Field obtained_members[] = {
    {.name = "how", .kind = FIELD_ENUM, .values = exhibit_ways, .says = "In which way."},
    {.name = "where", .kind = FIELD_TEXT, .flags = FIELD_PRIVATE, .max = 400, .says = "At which place."},
    {.name = "when", .kind = FIELD_TIME, .flags = FIELD_NULLABLE, .says = "When; null where nobody knows."},
    {.name = "by", .kind = FIELD_TEXT, .flags = FIELD_PRIVATE, .max = 200, .says = "By whom."},
    {.name = "authority", .kind = FIELD_TEXT, .max = 400, .says = "Under which order or power."},
    {.name = "from", .kind = FIELD_TEXT, .flags = FIELD_PRIVATE, .max = 400, .says = "From whom."},
    {.name = NULL},
};
static const Field sensitivity_members[] = {
    {.name = "protected_person", .kind = FIELD_BOOLEAN, .says = "Shows or names a protected person."},
    {.name = "harmful", .kind = FIELD_BOOLEAN, .says = "May show abuse of children: shown on request only."},
    {.name = NULL},
};
static const Field conditions_members[] = {
    {.name = "use", .kind = FIELD_ENUM, .values = exhibit_uses, .says = "What it may be used for."},
    {.name = "note", .kind = FIELD_TEXT, .flags = FIELD_LINES, .max = 1000, .says = "Further conditions, in words."},
    {.name = NULL},
};

#define FACTS(more)                                                                                                    \
    {.name = "title",                                                                                                  \
     .kind = FIELD_TEXT,                                                                                               \
     .flags = FIELD_PRIVATE | (more),                                                                                  \
     .min = 1,                                                                                                         \
     .max = 200,                                                                                                       \
     .says = "What it is."},                                                                                           \
        {.name = "description",                                                                                        \
         .kind = FIELD_TEXT,                                                                                           \
         .flags = FIELD_PRIVATE | FIELD_LINES | (more),                                                                \
         .max = 4000,                                                                                                  \
         .says = "More about it."},                                                                                    \
        {.name = "kind",                                                                                               \
         .kind = FIELD_ENUM,                                                                                           \
         .flags = more,                                                                                                \
         .values = exhibit_types,                                                                                      \
         .says = "Which kind of thing it is."},                                                                        \
        {.name = "obtained",                                                                                           \
         .kind = FIELD_OBJECT,                                                                                         \
         .flags = more,                                                                                                \
         .of = obtained_members,                                                                                       \
         .says = "How it was obtained."},                                                                              \
        {.name = "languages",                                                                                          \
         .kind = FIELD_LIST,                                                                                           \
         .flags = FIELD_UNIQUE | (more),                                                                               \
         .max = 20,                                                                                                    \
         .of = &language_item,                                                                                         \
         .says = "Languages in it."},                                                                                  \
        {.name = "sensitivity",                                                                                        \
         .kind = FIELD_OBJECT,                                                                                         \
         .flags = more,                                                                                                \
         .of = sensitivity_members,                                                                                    \
         .says = "What may be in it."},                                                                                \
    {                                                                                                                  \
        .name = "conditions", .kind = FIELD_OBJECT, .flags = more, .of = conditions_members,                           \
        .says = "Conditions of use."                                                                                   \
    }
#define FILES                                                                                                          \
    {                                                                                                                  \
        .name = "files", .kind = FIELD_LIST, .min = 1, .max = 200, .of = &file_item, .says = "The files, in order."    \
    }

static const Field added_fields[] = {
    {.name = "number", .kind = FIELD_INTEGER, .min = 1, .says = "Counted by the writing node over the space."},
    FACTS(0),
    FILES,
    {.name = NULL}};
static const Field extended_fields[] = {FILES, {.name = NULL}};
static const Field corrected_fields[] = {
    FACTS(FIELD_OPTIONAL),
    {.name = "reason",
     .kind = FIELD_TEXT,
     .flags = FIELD_PRIVATE | FIELD_LINES,
     .min = 1,
     .max = 1000,
     .says = "Why it is corrected."},
    {.name = NULL},
};
static const Field sealed_fields[] = {
    {.name = "home",
     .kind = FIELD_LEAF,
     .flags = FIELD_NULLABLE,
     .says = "The title under which the writer holds it; null: it took it in."},
    {.name = "seal_number", .kind = FIELD_TEXT, .max = 80, .says = "Number of the physical seal; may be empty."},
    {.name = "reason",
     .kind = FIELD_TEXT,
     .flags = FIELD_PRIVATE | FIELD_LINES,
     .min = 1,
     .max = 1000,
     .says = "Why it is sealed."},
    {.name = "files",
     .kind = FIELD_LIST,
     .min = 1,
     .max = 10000,
     .of = &(const Field){.kind = FIELD_HASH},
     .says = "SHA-256 of each file, in order: what the seal closes."},
    {.name = NULL},
};
static const Field reading_fields[] = {
    {.name = "exhibit", .kind = FIELD_TEXT, .min = 3, .max = 240, .says = "The exhibit, as node/id."},
    {.name = "lies_in", .kind = FIELD_LEAF, .says = "The lane in which the exhibit lies."},
    {.name = "what", .kind = FIELD_ENUM, .values = reading_kinds, .says = "What was done."},
    {.name = "files",
     .kind = FIELD_LIST,
     .flags = FIELD_UNIQUE,
     .max = 1000,
     .of = &number_item,
     .says = "Which files, counted from 1; none: all."},
    {.name = "reason",
     .kind = FIELD_TEXT,
     .flags = FIELD_OPTIONAL | FIELD_PRIVATE | FIELD_LINES,
     .min = 1,
     .max = 1000,
     .says = "Why, where one is asked for."},
    {.name = "query",
     .kind = FIELD_TEXT,
     .flags = FIELD_OPTIONAL | FIELD_PRIVATE,
     .min = 1,
     .max = 400,
     .says = "What was searched for."},
    {.name = NULL},
};

#define FACT_SETS                                                                                                      \
    {"title", "title", NULL}, {"description", "description", NULL}, {"kind", "kind", NULL},                            \
        {"obtained", "obtained", NULL}, {"languages", "languages", NULL}, {"sensitivity", "sensitivity", NULL},        \
    {                                                                                                                  \
        "conditions", "conditions", NULL                                                                               \
    }
static const ActSet added_sets[] = {FACT_SETS, {"number", "number", NULL}, {0}};
static const ActSet corrected_sets[] = {FACT_SETS, {0}};
static const ActSet reading_sets[] = {{"exhibit", "exhibit", NULL},
                                      {"lies_in", "lies_in", NULL},
                                      {"what", "what", NULL},
                                      {"files", "files", NULL},
                                      {"reason", "reason", NULL},
                                      {"query", "query", NULL},
                                      {0}};

static gboolean sealed_below(const Entity *entity, const EntityRecord *record)
{
    g_autoptr(GArray) seals = entity_values_below(entity, record, "sealed");
    return seals->len > 0;
}

static const char *extended_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    (void)act;
    return sealed_below(entity, record) ? "the exhibit was sealed" : NULL;
}

static const char *sealed_apply(Entity *entity, const EntityRecord *record, const json_t *act)
{
    if (sealed_below(entity, record))
        return "the exhibit was sealed already";
    entity_set(entity, "sealed",
               json_pack("{s:O, s:O}", "number", json_object_get(act, "seal_number"), "reason",
                         json_object_get(act, "reason")));
    return NULL;
}

const ActType evidence_acts[] = {
    {.name = "exhibit.added/1",
     .on = ACT_CREATES,
     .entity = "exhibit",
     .roles = takers,
     .fields = added_fields,
     .sets = added_sets,
     .says = "Took an exhibit in."},
    {.name = "exhibit.extended/1",
     .on = ACT_ON_ENTITY,
     .entity = "exhibit",
     .roles = takers,
     .fields = extended_fields,
     .apply = extended_apply,
     .says = "Added files to an exhibit."},
    {.name = "exhibit.corrected/1",
     .on = ACT_ON_ENTITY,
     .entity = "exhibit",
     .roles = takers,
     .flags = ACT_CORRECTS,
     .fields = corrected_fields,
     .sets = corrected_sets,
     .says = "Corrected what is said about an exhibit."},
    {.name = "exhibit.sealed/1",
     .on = ACT_ON_ENTITY,
     .entity = "exhibit",
     .roles = sealers,
     .flags = ACT_EXCLUSIVE | ACT_CONFIRM,
     .fields = sealed_fields,
     .apply = sealed_apply,
     .says = "Sealed an exhibit."},
    {.name = "reading.made/1",
     .on = ACT_CREATES,
     .entity = "reading",
     .roles = readers,
     .fields = reading_fields,
     .sets = reading_sets,
     .says = "Opened, downloaded, printed or searched."},
};
const gsize evidence_act_count = G_N_ELEMENTS(evidence_acts);
