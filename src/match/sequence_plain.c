#include "match/sequence_plain.h"

#include "base/heap.h"
#include "base/timestamp.h"

/* Keys and events are copied for each pending sequence: plain, not small. */
typedef struct Pending {
    char *key;
    size_t key_len;
    uint32_t stage;        /* the one matched last */
    bool ended;            /* by an until event */
    SequenceEvent *events; /* one a stage of the query */
} Pending;

/* An event that must be missing was there. */
typedef struct Seen {
    char *key;
    size_t key_len;
    uint32_t stage;
    int64_t time;
} Seen;

struct SequencePlain {
    const QueryPlan *query;
    size_t max_open;
    size_t max_waiting;
    Pending *pending; /* the stalest first */
    size_t pending_count, pending_capacity;
    Pending *complete; /* in order of completion, until they are given out */
    size_t complete_count, complete_capacity;
    Seen *seen; /* in order of time */
    size_t seen_count, seen_capacity;
    uint64_t evicted, undecided;
};

static void *grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count == *capacity) {
        *capacity = *capacity * 2 + 8;
        items = heap_resize(items, *capacity, size);
    }
    return items;
}

static char *copy_of(Str text)
{
    char *copy = heap_bytes(text.len + 1);
    if (text.len != 0) {
        memcpy(copy, text.ptr, text.len);
    }
    return copy;
}

SequencePlain *sequence_plain_new(const QueryPlan *query, const SequenceLimits *limits)
{
    SequencePlain *plain = HEAP_NEW(SequencePlain);
    plain->query = query;
    plain->max_open = limits->max_open != 0 ? limits->max_open : SEQUENCE_MAX_OPEN;
    plain->max_waiting = limits->max_waiting != 0 ? limits->max_waiting : SEQUENCE_MAX_WAITING;
    return plain;
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

static Pending take_complete(SequencePlain *plain)
{
    Pending first = plain->complete[0];
    plain->complete_count--;
    memmove(plain->complete, plain->complete + 1, plain->complete_count * sizeof(Pending));
    return first;
}

void sequence_plain_free(SequencePlain *plain)
{
    if (plain == NULL) {
        return;
    }
    while (plain->pending_count > 0) {
        drop(take_out(plain, 0));
    }
    while (plain->complete_count > 0) {
        drop(take_complete(plain));
    }
    for (size_t i = 0; i < plain->seen_count; i++) {
        free(plain->seen[i].key);
    }
    free(plain->pending);
    free(plain->complete);
    free(plain->seen);
    free(plain);
}

static bool same_key(const char *bytes, size_t len, Str key)
{
    return str_equal((Str){bytes, len}, key);
}

uint32_t sequence_plain_beside(const QueryPlan *query, uint32_t stage, int direction)
{
    do {
        stage += (uint32_t)direction;
    } while (stage < query->stage_count && query->stages[stage].missing);
    return stage < query->stage_count ? stage : NO_STAGE;
}

static bool waits(const Pending *one, Str key, uint32_t stage)
{
    return one->stage == stage && same_key(one->key, one->key_len, key);
}

/* True and its place in *at when a sequence waits behind `stage` for `key`. */
static bool find(const SequencePlain *plain, Str key, uint32_t stage, size_t *at)
{
    for (*at = 0; *at < plain->pending_count; ++*at) {
        if (waits(&plain->pending[*at], key, stage)) {
            return true;
        }
    }
    return false;
}

static const SequenceEvent *first_event(const SequencePlain *plain, const Pending *pending)
{
    return &pending->events[sequence_plain_beside(plain->query, NO_STAGE, 1)];
}

static bool past_maxspan(const SequencePlain *plain, const Pending *pending, int64_t time)
{
    int64_t span = plain->query->maxspan_ns;
    return span != 0 && (__int128)time - first_event(plain, pending)->time > span;
}

static bool lost(const SequencePlain *plain, const Pending *pending, int64_t time)
{
    return pending->ended || past_maxspan(plain, pending, time);
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

/* True if it can still be completed, and is of the key. */
static bool is_alive(const SequencePlain *plain, const Pending *one, Str key, int64_t time)
{
    return same_key(one->key, one->key_len, key) && !lost(plain, one, time);
}

/* Of the key's, in order of their beginnings, those that began first: the longest; of them, the first. */
static size_t stalest_of(const SequencePlain *plain, Str key, int64_t time)
{
    size_t found = plain->pending_count;
    for (size_t i = 0; i < plain->pending_count; i++) {
        const Pending *one = &plain->pending[i];
        if (!is_alive(plain, one, key, time)) {
            continue;
        }
        if (found == plain->pending_count) {
            found = i;
            continue;
        }
        const EventPlace *began = &first_event(plain, &plain->pending[found])->place;
        const EventPlace *other = &first_event(plain, one)->place;
        bool together = began->input == other->input && began->offset == other->offset;
        if (together && one->stage > plain->pending[found].stage) {
            found = i;
        }
    }
    return found;
}

/* Too many of one key wait. */
static void keep_key(SequencePlain *plain, Str key, int64_t time)
{
    size_t alive = 0;
    for (size_t i = 0; i < plain->pending_count; i++) {
        alive += is_alive(plain, &plain->pending[i], key, time);
    }
    for (; alive > plain->max_waiting; alive--) {
        drop(take_out(plain, stalest_of(plain, key, time)));
        plain->evicted++;
    }
}

/* --- what must be missing --- */

static int64_t milliseconds(int64_t ns)
{
    int64_t ms = ns / NS_PER_MS;
    return ms * NS_PER_MS > ns ? ms - 1 : ms;
}

static void note_seen(SequencePlain *plain, const Hit *hit, Str key)
{
    size_t old = 0;
    while (old < plain->seen_count &&
           ((__int128)hit->time - plain->seen[old].time) / 3 > plain->query->maxspan_ns) {
        free(plain->seen[old++].key);
    }
    plain->seen_count -= old;
    if (old > 0) {
        memmove(plain->seen, plain->seen + old, plain->seen_count * sizeof(Seen));
    }
    plain->seen = grow(plain->seen, plain->seen_count, &plain->seen_capacity, sizeof(Seen));
    plain->seen[plain->seen_count++] = (Seen){copy_of(key), key.len, hit->stage, hit->time};
}

/* Times in milliseconds around a complete sequence; the events in front and behind have none if there is none. */
typedef struct Around {
    int64_t first, last;
    bool asks_in_front, asks_behind;
    bool has_in_front, has_behind;
    int64_t in_front, behind; /* the nearest forbidden events */
    bool between;             /* one lies between two events that have it between them */
} Around;

static void look_at(const SequencePlain *plain, const Pending *one, const Seen *seen,
                    Around *around)
{
    int64_t ms = milliseconds(seen->time);
    uint32_t before = sequence_plain_beside(plain->query, seen->stage, -1);
    uint32_t after = sequence_plain_beside(plain->query, seen->stage, 1);
    if (before == NO_STAGE) {
        if (ms < around->first && (!around->has_in_front || ms > around->in_front)) {
            around->has_in_front = true;
            around->in_front = ms;
        }
    } else if (after == NO_STAGE) {
        if (ms > around->last && (!around->has_behind || ms < around->behind)) {
            around->has_behind = true;
            around->behind = ms;
        }
    } else {
        around->between |= ms > milliseconds(one->events[before].time) &&
                           ms < milliseconds(one->events[after].time);
    }
}

static Around look_around(const SequencePlain *plain, const Pending *one)
{
    const QueryPlan *query = plain->query;
    Around around = {
        .first = milliseconds(first_event(plain, one)->time),
        .last =
            milliseconds(one->events[sequence_plain_beside(query, query->stage_count, -1)].time),
        .asks_in_front = query->stages[0].missing,
        .asks_behind = query->stages[query->stage_count - 1].missing,
    };
    for (size_t i = 0; i < plain->seen_count; i++) {
        const Seen *seen = &plain->seen[i];
        if (same_key(seen->key, seen->key_len, (Str){one->key, one->key_len})) {
            look_at(plain, one, seen, &around);
        }
    }
    return around;
}

/* Is there a window of maxspan that holds the sequence and nothing forbidden? */
static bool fits(const SequencePlain *plain, const Around *around)
{
    int64_t span = plain->query->maxspan_ns / NS_PER_MS;
    if (!around->has_in_front && !around->has_behind) {
        return true;
    }
    if ((around->asks_in_front && !around->has_in_front) ||
        (around->asks_behind && !around->has_behind)) {
        return true;
    }
    if (around->asks_in_front && around->asks_behind) {
        return around->behind - around->in_front > span;
    }
    return around->asks_in_front ? around->last - around->in_front > span
                                 : around->behind - around->first > span;
}

typedef enum Verdict { HOLDS, HOLDS_NOT, OPEN_YET } Verdict;

/* As of `now`, in milliseconds; `over`: nothing comes any more. */
static Verdict verdict(const SequencePlain *plain, const Pending *one, int64_t now, bool over)
{
    Around around = look_around(plain, one);
    if (around.between || !fits(plain, &around)) {
        return HOLDS_NOT;
    }
    if (around.asks_behind && !around.has_behind && !over) {
        /* The worst that can still come, as soon as it can. */
        around.has_behind = true;
        around.behind = now > around.last ? now : around.last + 1;
        return fits(plain, &around) ? HOLDS : OPEN_YET;
    }
    return HOLDS;
}

/* --- the machine --- */

/* What one offer shares. */
typedef struct Offer {
    SequencePlain *plain;
    const Hit *hit;
    SequenceTake *take;
    void *context;
} Offer;

static bool give_decided(const Offer *offer, Err *err)
{
    SequencePlain *plain = offer->plain;
    int64_t now = milliseconds(offer->hit->time);
    bool ok = true;
    while (ok && plain->complete_count > 0) {
        Verdict found = verdict(plain, &plain->complete[0], now, false);
        if (found == OPEN_YET) {
            break;
        }
        Pending one = take_complete(plain);
        SequenceMatch match = {one.events, plain->query->stage_count, {one.key, one.key_len}};
        ok = found == HOLDS_NOT || offer->take(offer->context, &match, err);
        drop(one);
    }
    return ok;
}

static SequenceEvent event_of(const Hit *hit)
{
    return (SequenceEvent){.place = hit->place, .time = hit->time};
}

/* To where it waits for its next event, or to those that are complete. */
static void put(SequencePlain *plain, size_t at, Pending pending)
{
    if (sequence_plain_beside(plain->query, pending.stage, 1) != NO_STAGE) {
        put_in(plain, at, pending);
        return;
    }
    plain->complete =
        grow(plain->complete, plain->complete_count, &plain->complete_capacity, sizeof(Pending));
    plain->complete[plain->complete_count++] = pending;
}

static void begin(SequencePlain *plain, const Hit *hit, Str key)
{
    const QueryPlan *query = plain->query;
    size_t at;
    if (query->matches == SEQUENCE_LATEST && find(plain, key, hit->stage, &at)) {
        drop(take_out(plain, at));
    }
    Pending pending = {.key = copy_of(key), .key_len = key.len, .stage = hit->stage};
    pending.events = heap_zeroed(query->stage_count, sizeof *pending.events);
    for (uint32_t i = 0; i < query->stage_count; i++) {
        pending.events[i].missing = query->stages[i].missing;
    }
    pending.events[hit->stage] = event_of(hit);
    put(plain, plain->pending_count, pending);
}

static void go_on(SequencePlain *plain, const Hit *hit, uint32_t before, Str key)
{
    size_t at, old;
    if (!find(plain, key, before, &at)) {
        return;
    }
    Pending pending = take_out(plain, at);
    if (lost(plain, &pending, hit->time)) {
        drop(pending);
        return;
    }
    pending.stage = hit->stage;
    pending.events[hit->stage] = event_of(hit);
    if (find(plain, key, hit->stage, &old)) {
        drop(take_out(plain, old));
        at -= old < at;
    }
    put(plain, plain->query->maxspan_ns != 0 ? at : plain->pending_count, pending);
}

static Pending longer_by(const SequencePlain *plain, const Pending *one, const Hit *hit)
{
    size_t size = plain->query->stage_count * sizeof *one->events;
    Pending longer = *one;
    longer.key = copy_of((Str){one->key, one->key_len});
    longer.events = heap_bytes(size);
    memcpy(longer.events, one->events, size);
    longer.stage = hit->stage;
    longer.events[hit->stage] = event_of(hit);
    return longer;
}

/* Of a query that tells the matches of each start, or all: every sequence that waits goes on, and in the second case
 * stays, too. The list is made anew, each longer one in front of what it was made of; without a maxspan it
 * has waited least of all, and comes last. */
static void all_go_on(SequencePlain *plain, const Hit *hit, uint32_t before, Str key)
{
    SequencePlain old = *plain;
    size_t last_count = 0;
    Pending *last = heap_zeroed(old.pending_count + 1, sizeof *last);
    plain->pending = NULL;
    plain->pending_count = plain->pending_capacity = 0;
    for (size_t i = 0; i < old.pending_count; i++) {
        Pending one = old.pending[i];
        bool meets = waits(&one, key, before);
        bool over = meets && lost(plain, &one, hit->time);
        if (meets && !over && plain->query->maxspan_ns != 0) {
            put(plain, plain->pending_count, longer_by(plain, &one, hit));
        } else if (meets && !over) {
            last[last_count++] = longer_by(plain, &one, hit);
        }
        if (over || (meets && plain->query->matches == SEQUENCE_STARTS)) {
            drop(one);
        } else {
            put_in(plain, plain->pending_count, one);
        }
    }
    for (size_t i = 0; i < last_count; i++) {
        put(plain, plain->pending_count, last[i]);
    }
    free(old.pending);
    free(last);
}

static void end_all(SequencePlain *plain, Str key)
{
    for (size_t i = 0; i < plain->pending_count; i++) {
        plain->pending[i].ended |= same_key(plain->pending[i].key, plain->pending[i].key_len, key);
    }
}

static void offer_key(SequencePlain *plain, const Hit *hit, Str key)
{
    uint32_t before = NO_STAGE;
    if (hit->stage == HIT_UNTIL) {
        end_all(plain, key);
    } else if (plain->query->stages[hit->stage].missing) {
        note_seen(plain, hit, key);
    } else if ((before = sequence_plain_beside(plain->query, hit->stage, -1)) == NO_STAGE) {
        begin(plain, hit, key);
    } else if (plain->query->matches == SEQUENCE_LATEST) {
        go_on(plain, hit, before, key);
    } else {
        all_go_on(plain, hit, before, key);
    }
    if (plain->query->matches == SEQUENCE_ALL) {
        keep_key(plain, key, hit->time);
    }
}

bool sequence_plain_offer(SequencePlain *plain, const Hit *hit, SequenceTake *take, void *context,
                          Err *err)
{
    Offer offer = {plain, hit, take, context};
    /* Before the hit lets what is long over be forgotten. */
    if (!give_decided(&offer, err)) {
        return false;
    }
    Arena *scratch = arena_new();
    Str *keys = ARENA_MANY(scratch, Str, hit->key_tuples + 1u);
    uint32_t key_count = hit_split_keys(hit, plain->query->key_count, scratch, keys);
    for (uint32_t i = 0; i < key_count; i++) {
        offer_key(plain, hit, keys[i]);
        keep_bounds(plain, hit->time);
    }
    arena_free(scratch);
    return give_decided(&offer, err);
}

bool sequence_plain_finish(SequencePlain *plain, SequenceTake *take, void *context, Err *err)
{
    return sequence_plain_finish_at(plain, SEQUENCE_OVER, take, NULL, context, err);
}

bool sequence_plain_finish_at(SequencePlain *plain, int64_t time, SequenceTake *take,
                              SequenceTake *left, void *context, Err *err)
{
    bool ok = true;
    while (ok && plain->complete_count > 0) {
        Verdict found =
            verdict(plain, &plain->complete[0], milliseconds(time), time == SEQUENCE_OVER);
        Pending one = take_complete(plain);
        SequenceMatch match = {one.events, plain->query->stage_count, {one.key, one.key_len}};
        plain->undecided += found == OPEN_YET;
        if (found == HOLDS) {
            ok = take(context, &match, err);
        } else if (found == OPEN_YET && left != NULL) {
            ok = left(context, &match, err);
        }
        drop(one);
    }
    return ok;
}

uint64_t sequence_plain_undecided(const SequencePlain *plain)
{
    return plain->undecided;
}

uint64_t sequence_plain_evicted(const SequencePlain *plain)
{
    return plain->evicted;
}

bool sequence_plain_waiting(const SequencePlain *plain, Str key, uint32_t stage, int64_t time,
                            size_t *from, SequenceWaiting *out)
{
    while (*from < plain->pending_count && !waits(&plain->pending[*from], key, stage)) {
        ++*from;
    }
    if (*from == plain->pending_count) {
        return false;
    }
    const Pending *pending = &plain->pending[(*from)++];
    *out = (SequenceWaiting){
        .events = pending->events,
        .first = first_event(plain, pending),
        .past_maxspan = past_maxspan(plain, pending, time),
        .past_until = pending->ended,
    };
    return true;
}
