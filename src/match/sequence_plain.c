#include "match/sequence_plain.h"

/* Keys and events are copied for each pending sequence: plain, not small. */
typedef struct Pending {
    char *key;
    size_t key_len;
    uint32_t stage; /* the one matched last */
    uint64_t last;  /* number of the event that matched it */
    SequenceEvent *events;
} Pending;

typedef struct Until {
    char *key;
    size_t key_len;
    uint64_t number;
} Until;

struct SequencePlain {
    const QueryPlan *query;
    size_t max_open;
    Pending *pending; /* the stalest first */
    size_t pending_count, pending_capacity;
    Until *untils;
    size_t until_count, until_capacity;
    EventPlace place; /* of the event being offered */
    uint64_t number;  /* and its number; 0 = none yet */
    uint64_t evicted;
};

static void *grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count == *capacity) {
        *capacity = *capacity * 2 + 8;
        items = realloc(items, *capacity * size);
        if (items == NULL) {
            out_of_memory(*capacity * size);
        }
    }
    return items;
}

static void *copy_of(const void *bytes, size_t size, size_t room)
{
    void *copy = calloc(1, room + 1);
    if (copy == NULL) {
        out_of_memory(room);
    }
    if (size != 0) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

SequencePlain *sequence_plain_new(const QueryPlan *query, const SequenceLimits *limits)
{
    SequencePlain blank = {
        .query = query, .max_open = limits->max_open != 0 ? limits->max_open : SEQUENCE_MAX_OPEN};
    return copy_of(&blank, sizeof blank, sizeof blank);
}

/* Takes the pending sequence out of the list; it is the caller's then. */
static Pending take_out(SequencePlain *plain, size_t at)
{
    Pending taken = plain->pending[at];
    plain->pending_count--;
    memmove(&plain->pending[at], &plain->pending[at + 1],
            (plain->pending_count - at) * sizeof(Pending));
    return taken;
}

static void put_in(SequencePlain *plain, size_t at, Pending pending)
{
    plain->pending =
        grow(plain->pending, plain->pending_count, &plain->pending_capacity, sizeof(Pending));
    memmove(&plain->pending[at + 1], &plain->pending[at],
            (plain->pending_count - at) * sizeof(Pending));
    plain->pending[at] = pending;
    plain->pending_count++;
}

static void drop(Pending pending)
{
    free(pending.key);
    free(pending.events);
}

void sequence_plain_free(SequencePlain *plain)
{
    if (plain == NULL) {
        return;
    }
    while (plain->pending_count > 0) {
        drop(take_out(plain, 0));
    }
    for (size_t i = 0; i < plain->until_count; i++) {
        free(plain->untils[i].key);
    }
    free(plain->pending);
    free(plain->untils);
    free(plain);
}

static bool same_key(const char *bytes, size_t len, Str key)
{
    return str_equal((Str){bytes, len}, key);
}

/* True and its place in *at when a sequence waits behind `stage` for `key`. */
static bool find(const SequencePlain *plain, Str key, uint32_t stage, size_t *at)
{
    for (*at = 0; *at < plain->pending_count; ++*at) {
        if (plain->pending[*at].stage == stage &&
            same_key(plain->pending[*at].key, plain->pending[*at].key_len, key)) {
            return true;
        }
    }
    return false;
}

static bool lost(const SequencePlain *plain, const Pending *pending, int64_t time)
{
    int64_t span = plain->query->maxspan_ns;
    if (span != 0 && (__int128)time - pending->events[0].time > span) {
        return true;
    }
    for (size_t i = 0; i < plain->until_count; i++) {
        const Until *until = &plain->untils[i];
        if (pending->last <= until->number &&
            same_key(pending->key, pending->key_len, (Str){until->key, until->key_len})) {
            return true;
        }
    }
    return false;
}

/* Too many are open: first those go that nothing can complete any more. */
static void keep_bounds(SequencePlain *plain, int64_t time)
{
    for (size_t i = plain->pending_count; plain->pending_count > plain->max_open && i-- > 0;) {
        if (lost(plain, &plain->pending[i], time)) {
            drop(take_out(plain, i));
        }
    }
    while (plain->pending_count > plain->max_open) {
        drop(take_out(plain, 0));
        plain->evicted++;
    }
}

static void begin(SequencePlain *plain, const Hit *hit, Str key)
{
    size_t at;
    if (find(plain, key, 0, &at)) {
        drop(take_out(plain, at));
    }
    SequenceEvent first = {hit->place, hit->time};
    Pending pending = {
        .key = copy_of(key.ptr, key.len, key.len),
        .key_len = key.len,
        .last = plain->number,
        .events = copy_of(&first, sizeof first, plain->query->stage_count * sizeof first),
    };
    put_in(plain, plain->pending_count, pending);
}

static bool go_on(SequencePlain *plain, const Hit *hit, Str key, SequenceTake *take, void *context,
                  Err *err)
{
    size_t at, old;
    if (!find(plain, key, hit->stage - 1u, &at)) {
        return true;
    }
    Pending pending = take_out(plain, at);
    if (lost(plain, &pending, hit->time)) {
        drop(pending);
        return true;
    }
    pending.stage = hit->stage;
    pending.last = plain->number;
    pending.events[hit->stage] = (SequenceEvent){hit->place, hit->time};
    if (hit->stage == plain->query->stage_count - 1) {
        SequenceMatch match = {pending.events, plain->query->stage_count, key};
        bool ok = take(context, &match, err);
        drop(pending);
        return ok;
    }
    if (find(plain, key, hit->stage, &old)) {
        drop(take_out(plain, old));
        at -= old < at;
    }
    put_in(plain, plain->query->maxspan_ns != 0 ? at : plain->pending_count, pending);
    return true;
}

static void note_until(SequencePlain *plain, Str key)
{
    plain->untils = grow(plain->untils, plain->until_count, &plain->until_capacity, sizeof(Until));
    plain->untils[plain->until_count++] =
        (Until){copy_of(key.ptr, key.len, key.len), key.len, plain->number};
}

static bool offer_key(SequencePlain *plain, const Hit *hit, Str key, SequenceTake *take,
                      void *context, Err *err)
{
    if (hit->stage == HIT_UNTIL) {
        note_until(plain, key);
        return true;
    }
    if (hit->stage == 0) {
        begin(plain, hit, key);
        return true;
    }
    return go_on(plain, hit, key, take, context, err);
}

bool sequence_plain_offer(SequencePlain *plain, const Hit *hit, SequenceTake *take, void *context,
                          Err *err)
{
    if (plain->number == 0 || plain->place.input != hit->place.input ||
        plain->place.offset != hit->place.offset) {
        plain->number++;
        plain->place = hit->place;
    }
    Arena *scratch = arena_new();
    Str *keys = ARENA_MANY(scratch, Str, hit->key_tuples + 1u);
    uint32_t key_count = hit_split_keys(hit, plain->query->key_count, scratch, keys);
    bool ok = true;
    for (uint32_t i = 0; i < key_count && ok; i++) {
        ok = offer_key(plain, hit, keys[i], take, context, err);
        keep_bounds(plain, hit->time);
    }
    arena_free(scratch);
    return ok;
}

uint64_t sequence_plain_evicted(const SequencePlain *plain)
{
    return plain->evicted;
}
