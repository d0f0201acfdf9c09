/* ledger/package_verify_records.c: the records of one feed: three files of lines, read as one.
 *
 * Idea: the main thread cuts lines and hands out chunks; other threads do what needs no order (hashes, scanning,
 * parsing, confirmations); the main thread takes the chunks back in order and gives the records to the tree and to the
 * lane's copy. Only a few chunks are under way, so memory doesn't depend on the feed's length but for the copy itself.
 *   D1  The copy is fed before the root is compared. It is the verifier's own: where the root then differs, nothing
 * that it says is used (feed->sound). */
#include "ledger/package_check.h"
#include <string.h>

#define CHUNK 512
#define UNDER_WAY 8
#define AHEAD 6          /* records: their look-ups are under way while this one is taken */
#define HEADER_LEAST 300 /* bytes; room is not made for more than could be here */
#define THREADS_MAX 16
#define LET_GO (4 * 1024 * 1024) /* bytes of a file of lines */

typedef struct {
    Span header, act, confirmation; /* at NULL: an empty line */
    Header scanned;
    LanePrepared prepared;
    guint8 body;
    gboolean act_differs, confirmation_differs;
} Item;

typedef struct {
    guint64 first; /* seq */
    guint count;
    gboolean done;         /* under the lock of its Reading */
    const char *starts[3]; /* where it begins in headers, acts, confirmations */
    GArray *blobs;         /* of CheckBlobUse */
    ActScan *scan;
    Item items[CHUNK];
} Chunk;

/* A file of lines. */
typedef struct {
    const CheckFile *file;
    const char *begin, *at, *end;
    const char *kept;  /* what was read before needn't stay in memory */
    gboolean short_of; /* it had fewer lines than there are headers */
} Lines;

typedef struct {
    PackageCheck *check;
    CheckFeed *feed;
    Lines headers, acts, confirmations;
    GAsyncQueue *orders; /* of Chunk, for whichever thread is free */
    GThread *threads[THREADS_MAX];
    guint thread_count;
    GMutex lock;
    GCond ready;
    GQueue chunks; /* of Chunk, in order; under way */
    GQueue spare;  /* of Chunk; taken and cleared */
    guint64 cut;   /* records handed out */
    MerkleFrontier *frontier;
    Hash completed[MERKLE_LEVELS]; /* by the record that was appended last */
    guint completed_count;
    guint next_root, next_leaf; /* in the feed's wanted ones */
    gboolean misplaced;         /* a header that can't stand at its place was named */
    gboolean stopped;           /* the lane can't take more of this feed */
} Reading;

static void damage(Reading *self, const char *code, const Lines *lines, guint64 seq, const char *why)
{
    check_damage(self->check, PHASE_FEEDS, code, lines->file->name, seq + 1, self->feed->number, seq, PLACE_NONE, why);
}

/* ---- what needs no order: on other threads ---- */

static gboolean differs(Span span, const Hash *expected)
{
    Hash hash = sha256(span.at, span.length);
    return !hash_equal(&hash, expected);
}

/* Any object in an act with a member "sha256" names a blob; a member "size" beside it is its length. */
static void collect_blobs(Chunk *chunk, guint64 seq, const json_t *value)
{
    const char *key;
    json_t *child;
    gsize index;
    if (json_is_array(value)) {
        json_array_foreach(value, index, child) collect_blobs(chunk, seq, child);
        return;
    }
    const char *text = json_is_object(value) ? json_text(value, "sha256") : NULL;
    CheckBlobUse use = {.size = text ? json_integer_or(value, "size", -1) : -1, .seq = seq};
    if (text && g_str_has_prefix(text, "sha256:") && strlen(text) == 7 + 64 && hash_read(text + 7, &use.sha256))
        g_array_append_val(chunk->blobs, use);
    json_object_foreach((json_t *)value, key, child) collect_blobs(chunk, seq, child);
}

typedef struct {
    Chunk *chunk;
    guint64 seq;
} Uses;

static void note_blob(gpointer data, const Hash *sha256, gint64 size)
{
    const Uses *uses = data;
    CheckBlobUse use = {*sha256, size, uses->seq};
    g_array_append_val(uses->chunk->blobs, use);
}

/* Parses an act only where its tokens can't tell. */
static void look_for_blobs(Chunk *chunk, const Item *item)
{
    Uses uses = {chunk, item->scanned.seq};
    const json_t *tree = item->prepared.found.tree;
    guint before = chunk->blobs->len;
    if (tree) {
        collect_blobs(chunk, uses.seq, tree);
        return;
    }
    if (act_scan_blobs(chunk->scan, note_blob, &uses))
        return;
    g_array_set_size(chunk->blobs, before);
    g_autoptr(json_t) parsed = json_strict_parse(item->act.at, item->act.length, ACT_LIMIT, NULL);
    if (parsed)
        collect_blobs(chunk, uses.seq, parsed);
}

static void prepare_act(Reading *self, Chunk *chunk, Item *item)
{
    PackageCheck *check = self->check;
    const Header *header = &item->scanned;
    ActFindings *found = &item->prepared.found;
    act_examine(check->options->types, header, item->act, chunk->scan, found);
    item->prepared.examined = TRUE;
    item->act_differs = !found->fits && differs(item->act, &header->act);
    if (item->act_differs)
        return;
    item->body |= CHECK_HAS_ACT;
    if (!found->fits)
        return;
    look_for_blobs(chunk, item);
    if (found->type && found->type->effect == ACT_INTRODUCE && found->tree)
        check_confirmed_learn(check->confirmed, found->tree);
}

static void prepare_confirmation(Reading *self, Item *item)
{
    const Header *header = &item->scanned;
    item->confirmation_differs = !header->has_confirmation || differs(item->confirmation, &header->confirmation);
    if (item->confirmation_differs)
        return;
    item->body |= CHECK_HAS_CONFIRMATION;
    if (item->prepared.found.fits)
        check_confirmed_try(self->check->confirmed, header, item->act, item->confirmation,
                            check_web_origin(self->check, self->feed->info->node, header->time_ms));
}

/* @before: the header before, where it is good; NULL otherwise. */
static void prepare_item(Reading *self, Chunk *chunk, Item *item, const Header *before)
{
    const char *reason = NULL;
    item->prepared.scanned = TRUE;
    item->prepared.leaf = merkle_leaf(item->header.at, item->header.length);
    if (!header_scan_after(before, item->header.at, item->header.length, &item->scanned, &reason)) {
        item->act_differs = item->act.at != NULL;
        item->confirmation_differs = item->confirmation.at != NULL;
        return;
    }
    const Header *header = item->prepared.header = &item->scanned;
    item->body |= header->lasting ? CHECK_LASTING : 0;
    item->body |= header->has_confirmation ? CHECK_CONFIRMED : 0;
    if (g_hash_table_size(self->check->subjects) > 0) {
        g_autofree char *subject = span_text(header->subject);
        item->body |= g_hash_table_contains(self->check->subjects, subject) ? CHECK_CHOSEN : 0;
    }
    if (item->act.at)
        prepare_act(self, chunk, item);
    if (item->confirmation.at)
        prepare_confirmation(self, item);
}

static void prepare_chunk(Reading *self, Chunk *chunk)
{
    for (guint i = 0; i < chunk->count; i++)
        prepare_item(self, chunk, &chunk->items[i], i > 0 ? chunk->items[i - 1].prepared.header : NULL);
    g_mutex_lock(&self->lock);
    chunk->done = TRUE;
    g_cond_signal(&self->ready);
    g_mutex_unlock(&self->lock);
}

/* One thread: chunks until one without records says that there are no more. */
static gpointer prepare_chunks(gpointer data)
{
    Reading *self = data;
    for (Chunk *chunk = g_async_queue_pop(self->orders); chunk->count > 0; chunk = g_async_queue_pop(self->orders))
        prepare_chunk(self, chunk);
    return NULL;
}

/* ---- in order: on the main thread ---- */

static void note_completed(gpointer data, guint level, guint64 index, const Hash *hash)
{
    (void)index;
    Reading *self = data;
    if (level > 0)
        self->completed[self->completed_count++] = *hash;
}

static void note_tree(Reading *self, const Hash *leaf, guint64 seq)
{
    CheckFeed *feed = self->feed;
    self->completed_count = 0;
    merkle_frontier_append_leaf(self->frontier, leaf, note_completed, self);
    feed->size = seq + 1;
    if (self->next_leaf < feed->leaves->len && g_array_index(feed->leaves, CheckWanted, self->next_leaf).at == seq)
        g_array_index(feed->leaves, CheckWanted, self->next_leaf++).hash = *leaf;
    if (self->next_root < feed->roots->len && g_array_index(feed->roots, CheckWanted, self->next_root).at == seq + 1)
        g_array_index(feed->roots, CheckWanted, self->next_root++).hash = merkle_frontier_root(self->frontier);
}

/* The first header that can't stand at its place in this feed: the place of most changes. What a feed's own node did
 * wrong is told by the lane as well. */
static void check_place(Reading *self, const Item *item, guint64 seq)
{
    const PackageFeedInfo *info = self->feed->info;
    const Header *header = item->prepared.header;
    const char *why = NULL;
    if (!header)
        why = "is no header of a record";
    else if (!span_equal(header->node, info->node) || !span_equal(header->epoch, info->epoch) ||
             !span_equal(header->lane, info->lane) || !span_equal(header->space, info->space))
        why = "is a record of another feed";
    else if (header->seq != seq)
        why = "is a record of another place in this feed: one was left out, added or moved";
    else if (seq > 0 && header->time_ms < self->feed->last_ms)
        why = "is older than the record before it";
    if (why && !self->misplaced)
        damage(self, "record.header", &self->headers, seq, why);
    self->misplaced = self->misplaced || why;
}

static gboolean take_in_lane(Reading *self, Item *item, guint64 seq, GError **error)
{
    CheckFeed *feed = self->feed;
    static const Span nothing = {NULL, 0};
    GError *refused = NULL;
    LaneTaken taken = LANE_STORED;
    Place at = {0};
    LaneArrival arrival = {.node = feed->info->node,
                           .epoch = feed->info->epoch,
                           .seq = seq,
                           .header = item->header,
                           .act = item->body & CHECK_HAS_ACT ? item->act : nothing,
                           .confirmation = item->body & CHECK_HAS_CONFIRMATION ? item->confirmation : nothing,
                           .root = seq == 0 ? &item->prepared.leaf : NULL, /* the root of one record is its leaf */
                           .line = feed->line};
    item->prepared.grown = TRUE; /* the lane has all records before this one, and nothing else of the feed */
    item->prepared.completed = self->completed;
    item->prepared.completed_count = self->completed_count;
    if (lane_take_prepared(feed->lane->copy, &arrival, &item->prepared, &taken, &at, &refused)) {
        feed->line = at.line;
        return TRUE;
    }
    self->stopped = TRUE;
    if (g_error_matches(refused, COMITY_ERROR, COMITY_ERROR_IO) ||
        g_error_matches(refused, COMITY_ERROR, COMITY_ERROR_FULL)) {
        g_propagate_error(error, refused);
        return FALSE;
    }
    g_autofree char *why = g_strdup_printf("cannot follow the records before it: %s", refused->message);
    damage(self, "record.refused", &self->headers, seq, why);
    g_error_free(refused);
    return TRUE;
}

static gboolean take_item(Reading *self, Item *item, guint64 seq, GError **error)
{
    CheckFeed *feed = self->feed;
    note_tree(self, &item->prepared.leaf, seq);
    check_place(self, item, seq);
    if (item->act_differs)
        damage(self, "record.act", &self->acts, seq, "is not the act that the record's header names");
    if (item->confirmation_differs)
        damage(self, "record.confirmation", &self->confirmations, seq,
               "is not the confirmation that the record's header names");
    g_array_append_val(feed->bodies, item->body);
    self->check->report->acts += item->body & CHECK_HAS_ACT ? 1 : 0;
    self->check->report->confirmations += item->body & CHECK_HAS_CONFIRMATION ? 1 : 0;
    if (item->prepared.header)
        feed->last_ms = item->scanned.time_ms;
    return self->stopped ? TRUE : take_in_lane(self, item, seq, error);
}

static Chunk *chunk_new(void)
{
    Chunk *chunk = g_new0(Chunk, 1);
    chunk->blobs = g_array_new(FALSE, FALSE, sizeof(CheckBlobUse));
    chunk->scan = act_scan_new();
    return chunk;
}

/* Ready for other records. */
static void chunk_clear(Chunk *chunk)
{
    for (guint i = 0; i < chunk->count; i++)
        act_findings_clear(&chunk->items[i].prepared.found);
    g_array_set_size(chunk->blobs, 0);
    chunk->count = 0;
    chunk->done = FALSE;
}

static void chunk_free(gpointer item)
{
    Chunk *chunk = item;
    chunk_clear(chunk);
    g_array_unref(chunk->blobs);
    act_scan_free(chunk->scan);
    g_free(chunk);
}

/* Everything that is under way lies behind the beginning of the oldest chunk. */
static void let_go_before(Reading *self)
{
    const Chunk *oldest = g_queue_peek_head(&self->chunks);
    Lines *all[] = {&self->headers, &self->acts, &self->confirmations};
    for (gsize i = 0; oldest && i < G_N_ELEMENTS(all); i++) {
        if ((gsize)(oldest->starts[i] - all[i]->kept) < LET_GO)
            continue;
        check_let_go(all[i]->begin, oldest->starts[i]);
        all[i]->kept = oldest->starts[i];
    }
}

/* Waits for the oldest chunk and takes its records. */
static gboolean take_chunk(Reading *self, GError **error)
{
    Chunk *chunk = g_queue_pop_head(&self->chunks);
    gboolean done = TRUE;
    g_mutex_lock(&self->lock);
    while (!chunk->done)
        g_cond_wait(&self->ready, &self->lock);
    g_mutex_unlock(&self->lock);
    for (guint i = 0; done && i < chunk->count; i++) {
        const Item *ahead = &chunk->items[MIN(i + AHEAD, chunk->count - 1)];
        if (ahead->prepared.header)
            lane_memory_expect(self->feed->lane->memory, &ahead->prepared.leaf, ahead->prepared.header);
        done = take_item(self, &chunk->items[i], chunk->first + i, error);
    }
    g_array_append_vals(self->feed->blobs, chunk->blobs->data, chunk->blobs->len);
    chunk_clear(chunk);
    g_queue_push_tail(&self->spare, chunk);
    let_go_before(self);
    return done;
}

/* ---- lines ---- */

static Lines lines_of(PackageCheck *check, const CheckFile *file)
{
    gsize length = 0;
    const char *bytes = check_bytes(check, file, &length);
    return (Lines){file, bytes, bytes, bytes + length, bytes, FALSE};
}

/* The next line without its LF. FALSE at the end. A last line without LF is a line. */
static gboolean next_line(Lines *self, Span *line)
{
    if (self->at == self->end)
        return FALSE;
    const char *stop = memchr(self->at, '\n', (gsize)(self->end - self->at));
    const char *after = stop ? stop + 1 : self->end;
    *line = (Span){self->at, (gsize)((stop ? stop : self->end) - self->at)};
    self->at = after;
    return TRUE;
}

static void next_body(Lines *self, Span *line)
{
    if (!next_line(self, line)) {
        self->short_of = TRUE;
        *line = (Span){NULL, 0};
    }
    if (line->length == 0)
        line->at = NULL;
}

/* FALSE when there are no more records. */
static gboolean cut_chunk(Reading *self)
{
    Span header;
    Chunk *chunk = NULL;
    const char *starts[] = {self->headers.at, self->acts.at, self->confirmations.at};
    while ((!chunk || chunk->count < CHUNK) && next_line(&self->headers, &header)) {
        if (!chunk) {
            chunk = self->spare.length > 0 ? g_queue_pop_head(&self->spare) : chunk_new();
            chunk->first = self->cut;
            memcpy(chunk->starts, starts, sizeof starts);
        }
        Item *item = &chunk->items[chunk->count++];
        memset(&item->prepared, 0, sizeof item->prepared);
        item->act_differs = item->confirmation_differs = FALSE;
        item->body = 0;
        item->header = header;
        next_body(&self->acts, &item->act);
        next_body(&self->confirmations, &item->confirmation);
        self->cut++;
    }
    if (!chunk)
        return FALSE;
    g_queue_push_tail(&self->chunks, chunk);
    g_async_queue_push(self->orders, chunk);
    return TRUE;
}

static void check_line_ends(Reading *self)
{
    const Lines *all[] = {&self->headers, &self->acts, &self->confirmations};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        gsize length = 0;
        const char *bytes = check_bytes(self->check, all[i]->file, &length);
        const char *why = NULL;
        if (length > 0 && bytes[length - 1] != '\n')
            why = "does not end with a line end: it was cut off";
        else if (all[i]->short_of)
            why = "has fewer lines than there are records";
        else if (all[i]->at < all[i]->end)
            why = "has more lines than there are records";
        if (why)
            check_damage(self->check, PHASE_FEEDS, "feed.lines", all[i]->file->name, PLACE_NONE, self->feed->number,
                         PLACE_NONE, PLACE_NONE, why);
    }
}

/* ---- one feed ---- */

static gboolean read_all(Reading *self, GError **error)
{
    gboolean more = TRUE, done = TRUE;
    while (done && (more || self->chunks.length > 0)) {
        while (more && self->chunks.length < UNDER_WAY)
            more = cut_chunk(self);
        if (self->chunks.length > 0)
            done = take_chunk(self, error);
    }
    return done;
}

/* How many records may be here, at most as many as there are bytes for. */
static guint32 expected(const Reading *self)
{
    gsize length = (gsize)(self->headers.end - self->headers.begin);
    const char *end = length > 0 ? memchr(self->headers.begin, '\n', length) : NULL;
    gsize first = end ? (gsize)(end - self->headers.begin) : length;
    return (guint32)MIN(length / MAX(first, HEADER_LEAST), G_MAXUINT32 / 2);
}

static void start(Reading *self)
{
    lane_memory_reserve(self->feed->lane->memory, expected(self));
    guint wanted = self->check->options->threads;
    self->orders = g_async_queue_new();
    self->frontier = merkle_frontier_new();
    g_mutex_init(&self->lock);
    g_cond_init(&self->ready);
    self->thread_count = wanted ? MIN(wanted, THREADS_MAX) : 2;
    for (guint i = 0; i < self->thread_count; i++)
        self->threads[i] = g_thread_new("records", prepare_chunks, self);
}

static void stop(Reading *self)
{
    Chunk *no_more = g_new0(Chunk, 1);
    for (guint i = 0; i < self->thread_count; i++)
        g_async_queue_push(self->orders, no_more);
    for (guint i = 0; i < self->thread_count; i++)
        g_thread_join(self->threads[i]);
    g_queue_clear_full(&self->chunks, chunk_free);
    g_queue_clear_full(&self->spare, chunk_free);
    g_free(no_more);
    g_async_queue_unref(self->orders);
    merkle_frontier_free(self->frontier);
    g_mutex_clear(&self->lock);
    g_cond_clear(&self->ready);
}

gboolean check_records(PackageCheck *check, CheckFeed *feed, GError **error)
{
    Reading self = {.check = check, .feed = feed};
    check_want(check, feed);
    self.headers = lines_of(check, feed->headers);
    self.acts = lines_of(check, feed->acts);
    self.confirmations = lines_of(check, feed->confirmations);
    start(&self);
    gboolean done = read_all(&self, error);
    feed->root = merkle_frontier_root(self.frontier);
    stop(&self);
    feed->sound = !self.stopped;
    check->report->records += feed->size;
    check_line_ends(&self);
    return done;
}
