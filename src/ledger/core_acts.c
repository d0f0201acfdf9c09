/* core_acts.c: see core_acts.h. What the ledger does with each stands in `effect`; who may do it in `roles` (none: the
 * node itself). A lasting act holds neither names nor content, for it can never be erased. */
#include "ledger/core_acts.h"
#include "crypto/digest.h"

static const char *const lane_kinds[] = {"case", "team", "request", "network", "node", NULL};
static const char *const investigators[] = {"investigator", "prosecutor", NULL};
static const char *const prosecutors[] = {"prosecutor", NULL};

static const Field kind_item = {.kind = FIELD_TEXT, .min = 1, .max = 64};
static const Field kind_list = {.kind = FIELD_LIST, .flags = FIELD_UNIQUE, .of = &kind_item};
static const Field node_item = {.kind = FIELD_NODE};
static const Field leaf_item = {.kind = FIELD_LEAF};
static const Field id_item = {.kind = FIELD_ID};
static const Field role_item = {.kind = FIELD_TEXT, .min = 1, .max = 64};
static const Field any_item = {.kind = FIELD_ANY};
static const Field any_list = {.kind = FIELD_LIST, .of = &any_item};
static const Field size_and_root = {.kind = FIELD_LIST, .min = 2, .max = 2, .of = &any_item};
static const Field prefix_map = {.kind = FIELD_MAP, .of = &size_and_root};

static const Field charter_fields[] = {
    {"kind", FIELD_ENUM, 0, 0, 0, lane_kinds, NULL, "The kind of the space."},
    {"parties", FIELD_MAP, 0, 1, 676, NULL, &kind_list, "Each party with the kinds of things that it may write."},
    {"lead", FIELD_NODE, 0, 0, 0, NULL, NULL, "The party that may end the lane."},
    {"deputies", FIELD_LIST, FIELD_UNIQUE, 0, 0, NULL, &node_item, "Who stands in for the lead, in this order."},
    {"heirs", FIELD_MAP, 0, 0, 0, NULL, &node_item, "For a party, the one that takes over what it leaves."},
    {"basis", FIELD_TEXT, FIELD_LINES, 0, 0, NULL, NULL, "The law, agreement or order on which the lane rests."},
    {"succeeds", FIELD_MAP, FIELD_NULLABLE, 1, 1, NULL, &prefix_map,
     "The lane that this one succeeds, with size and root of its feeds; null: none."},
    {0},
};
static const Field join_fields[] = {
    {"under", FIELD_LEAF, FIELD_NULLABLE, 0, 0, NULL, NULL, "A field node's delegation; null for a party."},
    {0},
};
static const Field continue_fields[] = {
    {"under", FIELD_LEAF, FIELD_NULLABLE, 0, 0, NULL, NULL, "A field node's delegation; null for a party."},
    {"reason", FIELD_TEXT, FIELD_LINES, 1, 1000, NULL, NULL, "Why the node writes in a new epoch."},
    {0},
};
static const Field fork_fields[] = {
    {"feed", FIELD_TEXT, 0, 18, 200, NULL, NULL, "The forked feed, as “node/epoch”."},
    {0},
};
static const Field end_fields[] = {
    {"successor", FIELD_LEAF, FIELD_NULLABLE, 0, 0, NULL, NULL, "The lane that succeeds; null: the work is over."},
    {0},
};
static const Field credential_fields[] = {
    {"id", FIELD_BASE64URL, 0, 1, 1023, NULL, NULL, "The credential's id."},
    {"cose", FIELD_BASE64URL, 0, 1, 0, NULL, NULL, "Its public key as COSE_Key."},
    {"spki", FIELD_BASE64URL, 0, 1, 0, NULL, NULL, "The same as SubjectPublicKeyInfo."},
    {0},
};
static const Field credential_item = {.kind = FIELD_OBJECT, .of = credential_fields};
static const Field introduce_fields[] = {
    {"who", FIELD_ID, 0, 0, 0, NULL, NULL, "The person's id in this space."},
    {"roles", FIELD_LIST, FIELD_UNIQUE, 0, 32, NULL, &role_item, "What the person may do."},
    {"credentials", FIELD_LIST, 0, 0, 64, NULL, &credential_item, "The person's passkeys."},
    {"machine", FIELD_BOOLEAN, 0, 0, 0, NULL, NULL, "A program that acts for somebody: it can't confirm."},
    {0},
};
static const Field withdraw_fields[] = {
    {"who", FIELD_ID, 0, 0, 0, NULL, NULL, "The person's id in this space."},
    {0},
};
static const Field name_fields[] = {
    {"name", FIELD_TEXT, FIELD_PRIVATE, 1, 200, NULL, NULL, "The person's name, as written in their language."},
    {"title", FIELD_TEXT, FIELD_PRIVATE, 0, 200, NULL, NULL, "Rank or office."},
    {"affiliation", FIELD_TEXT, FIELD_PRIVATE, 0, 200, NULL, NULL, "The authority or body."},
    {0},
};
static const ActSet name_sets[] = {
    {"name", "name", NULL},
    {"title", "title", NULL},
    {"affiliation", "affiliation", NULL},
    {0},
};
static const Field delegate_fields[] = {
    {"field", FIELD_NODE, 0, 0, 0, NULL, NULL, "The field node."},
    {"persons", FIELD_LIST, FIELD_UNIQUE, 1, 0, NULL, &id_item, "Who may act there."},
    {"until", FIELD_TIME, 0, 0, 0, NULL, NULL, "What it writes after this time is void."},
    {0},
};
static const Field close_fields[] = {
    {"feed", FIELD_TEXT, 0, 18, 200, NULL, NULL, "The closed feed, as “node/epoch”."},
    {"size", FIELD_INTEGER, 0, 0, 0, NULL, NULL, "How many of its records stand."},
    {"root", FIELD_LEAF, 0, 0, 0, NULL, NULL, "The root of the tree over these."},
    {0},
};
static const Field erase_fields[] = {
    {"records", FIELD_LIST, FIELD_UNIQUE, 1, 0, NULL, &leaf_item, "Leaves of the records whose content goes."},
    {"order", FIELD_TEXT, FIELD_LINES, 1, 1000, NULL, NULL, "The order or rule that demands it, by its reference."},
    {"authority", FIELD_TEXT, FIELD_LINES, 0, 1000, NULL, NULL, "Who gave the order."},
    {0},
};
static const Field request_fields[] = {
    {"records", FIELD_LIST, FIELD_UNIQUE, 1, 0, NULL, &leaf_item, "Leaves of the records that should go."},
    {"order", FIELD_TEXT, FIELD_LINES, 1, 1000, NULL, NULL, "The order or rule that demands it, by its reference."},
    {"authority", FIELD_TEXT, FIELD_LINES, 0, 1000, NULL, NULL, "Who gave the order."},
    {0},
};
static const Field offer_fields[] = {
    {"home", FIELD_LEAF, FIELD_NULLABLE, 0, 0, NULL, NULL, "The title that is offered; null: the creation's."},
    {"to", FIELD_NODE, 0, 0, 0, NULL, NULL, "Who is to hold the home."},
    {0},
};
static const Field answer_fields[] = {
    {"offer", FIELD_LEAF, 0, 0, 0, NULL, NULL, "Leaf of the offer that is answered."},
    {0},
};
static const Field origin_fields[] = {
    {"lane", FIELD_LEAF, 0, 0, 0, NULL, NULL, "The lane of the original."},
    {"subject", FIELD_TEXT, 0, 3, 201, NULL, NULL, "The original there."},
    {"heads", FIELD_LIST, FIELD_UNIQUE, 1, 0, NULL, &leaf_item, "Its heads when it was carried."},
    {"proof", FIELD_TEXT, FIELD_OPTIONAL | FIELD_LINES, 1, 32768, NULL, NULL,
     "A tlog-proof of the original, where its time matters."},
    {0},
};
static const Field carry_fields[] = {
    {"kind", FIELD_TEXT, 0, 1, 64, NULL, NULL, "What it is."},
    {"state", FIELD_MAP, 0, 0, 0, NULL, &any_list, "All standing values of each field."},
    {"origin", FIELD_OBJECT, 0, 0, 0, NULL, origin_fields, "Where it was carried from."},
    {0},
};

/* {"<node>/<epoch>": [size, "<64 hex>"]}: a list can't say that its two items differ in kind. */
static const char *check_charter(const json_t *act)
{
    const char *key;
    json_t *lane, *prefix;
    json_object_foreach(json_object_get(act, "succeeds"), key, lane)
    {
        const char *feed;
        json_object_foreach(lane, feed, prefix)
        {
            const json_t *size = json_array_get(prefix, 0), *root = json_array_get(prefix, 1);
            Hash hash;
            if (!json_is_integer(size) || json_integer_value(size) < 1 || !json_is_string(root) ||
                json_string_length(root) != 2 * HASH_SIZE || !hash_read(json_string_value(root), &hash))
                return "names no size and root of a feed that it succeeds";
        }
    }
    return NULL;
}

const ActType core_acts[] = {
    {.name = "lane.chartered/1",
     .effect = ACT_CHARTER,
     .on = ACT_ON_LANE,
     .flags = ACT_LASTING | ACT_OPENS,
     .fields = charter_fields,
     .check = check_charter,
     .rule = "In `succeeds` each size is at least 1 and each root 64 lower-case hex digits.",
     .says = "Opened the lane and named its parties."},
    {.name = "lane.joined/1",
     .effect = ACT_JOIN,
     .on = ACT_ON_LANE,
     .flags = ACT_LASTING | ACT_OPENS | ACT_AFTER_END,
     .fields = join_fields,
     .says = "Began to write in the lane."},
    {.name = "feed.continued/1",
     .effect = ACT_CONTINUE,
     .on = ACT_ON_LANE,
     .flags = ACT_LASTING | ACT_OPENS | ACT_AFTER_END,
     .fields = continue_fields,
     .says = "Began to write in a new epoch, and named the old one at its last accepted size."},
    {.name = "fork.found/1",
     .effect = ACT_FORK_FOUND,
     .on = ACT_ON_LANE,
     .flags = ACT_LASTING | ACT_AFTER_END,
     .fields = fork_fields,
     .says = "Found that a feed was shown in two versions."},
    {.name = "lane.ended/1",
     .effect = ACT_END,
     .on = ACT_ON_LANE,
     .roles = prosecutors,
     .flags = ACT_LASTING | ACT_CONFIRM,
     .fields = end_fields,
     .says = "Ended the lane."},
    {.name = "person.introduced/1",
     .effect = ACT_INTRODUCE,
     .on = ACT_ON_LANE,
     .flags = ACT_LASTING | ACT_AFTER_END,
     .fields = introduce_fields,
     .says = "Vouched for a person: roles and passkeys."},
    {.name = "person.withdrawn/1",
     .effect = ACT_WITHDRAW,
     .on = ACT_ON_LANE,
     .flags = ACT_LASTING,
     .fields = withdraw_fields,
     .says = "Vouches for a person no longer."},
    {.name = "person.named/1",
     .effect = ACT_PLAIN,
     .on = ACT_CREATES_OR_CHANGES,
     .entity = "person",
     .fields = name_fields,
     .sets = name_sets,
     .says = "Told a person's name, title and affiliation."},
    {.name = "field.delegated/1",
     .effect = ACT_DELEGATE,
     .on = ACT_ON_LANE,
     .flags = ACT_LASTING,
     .fields = delegate_fields,
     .says = "Let a field node act for the party."},
    {.name = "feed.closed/1",
     .effect = ACT_CLOSE_FEED,
     .on = ACT_ON_LANE,
     .flags = ACT_LASTING,
     .fields = close_fields,
     .says = "Cut a feed of its own off after a lost or stolen key."},
    {.name = "erased/1",
     .effect = ACT_ERASE,
     .on = ACT_ON_LANE,
     .roles = prosecutors,
     .flags = ACT_LASTING | ACT_AFTER_END | ACT_CONFIRM,
     .fields = erase_fields,
     .says = "Erased the content of records, by order."},
    {.name = "erasure.requested/1",
     .effect = ACT_PLAIN,
     .on = ACT_ON_LANE,
     .roles = prosecutors,
     .fields = request_fields,
     .says = "Asked another party to erase."},
    {.name = "home.offered/1",
     .effect = ACT_OFFER_HOME,
     .on = ACT_ON_ENTITY,
     .roles = investigators,
     .flags = ACT_LASTING | ACT_EXCLUSIVE,
     .fields = offer_fields,
     .says = "Offered the home to another party."},
    {.name = "home.accepted/1",
     .effect = ACT_ACCEPT_HOME,
     .on = ACT_ON_ENTITY,
     .roles = investigators,
     .flags = ACT_LASTING,
     .fields = answer_fields,
     .says = "Accepted the home."},
    {.name = "home.declined/1",
     .effect = ACT_DECLINE_HOME,
     .on = ACT_ON_ENTITY,
     .roles = investigators,
     .flags = ACT_LASTING,
     .fields = answer_fields,
     .says = "Declined the home."},
    {.name = "carried/1",
     .effect = ACT_CARRY,
     .on = ACT_CREATES,
     .roles = investigators,
     .fields = carry_fields,
     .says = "Carried something over from another lane, with all its standing values."},
};
const gsize core_acts_count = G_N_ELEMENTS(core_acts);
