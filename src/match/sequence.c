#include "match/sequence.h"

#include "base/hash.h"

/* What malloc adds to a block and rounds it up to. */
#define BLOCK_COST  ((size_t)8)
#define BLOCK_ROUND ((size_t)16)

#define TABLE_MIN 16 /* a power of two */

typedef struct Record Record;

/* One half-finished sequence. It lies in slots[events - 1] of its key's record. */
typedef struct Open Open;
struct Open {
    Record *record;
    Open *staler, *fresher;
    uint32_t capacity;
    uint32_t count;
    SequenceEvent events[];
};

/* A place of the table; empty without a record. The hash stands beside it, so that a search looks at the record
 * of its own key only. */
typedef struct Place {
    uint64_t hash;
    Record *record;
} Place;

/* All that is pending for one key; its key's bytes stand behind the slots. */
struct Record {
    uint64_t hash;
    size_t key_len;
    uint32_t open;
    Open *slots[]; /* one a stage but the last */
};

struct SequenceRun {
    uint32_t stage_count;
    uint32_t key_count;
    int64_t maxspan_ns;
    SequenceLimits limits;
    uint64_t seed;
    Place *table; /* open addressing, at most three quarters full */
    size_t table_size;
    size_t record_count;
    Open *stalest, *freshest;
    size_t open_count;
    size_t bytes;
    SequenceStats stats; /* but for open and bytes, which are above */
    Arena *scratch;
    SequenceEvent *events; /* of the match given out */
};

static size_t block_bytes(size_t size)
{
    return (size + BLOCK_COST + BLOCK_ROUND - 1) / BLOCK_ROUND * BLOCK_ROUND;
}

static size_t record_size(const SequenceRun *run, size_t key_len)
{
    return sizeof(Record) + (run->stage_count - 1) * sizeof(Open *) + key_len;
}

static size_t open_size(uint32_t capacity)
{
    return sizeof(Open) + capacity * sizeof(SequenceEvent);
}

static char *record_key(const SequenceRun *run, Record *record)
{
    return (char *)&record->slots[run->stage_count - 1];
}

SequenceRun *sequence_run_new(const QueryPlan *query, const SequenceLimits *limits)
{
    assert(query->kind == QUERY_SEQUENCE && query->stage_count >= 2);
    SequenceRun *run = calloc(1, sizeof *run);
    SequenceEvent *events = calloc(query->stage_count, sizeof *events);
    if (run == NULL || events == NULL) {
        out_of_memory(sizeof *run);
    }
    *run = (SequenceRun){
        .stage_count = query->stage_count,
        .key_count = query->key_count,
        .maxspan_ns = query->maxspan_ns,
        .limits = {limits->max_open != 0 ? limits->max_open : SEQUENCE_MAX_OPEN,
                   limits->max_bytes != 0 ? limits->max_bytes : SEQUENCE_MAX_BYTES},
        .seed = hash_random_seed(),
        .scratch = arena_new(),
        .events = events,
    };
    return run;
}

/* --- the table of keys --- */

/* Where the key stands, or the free place where it would. */
static size_t find_place(const SequenceRun *run, uint64_t hash, Str key)
{
    size_t mask = run->table_size - 1;
    size_t at = hash & mask;
    for (Record *record; (record = run->table[at].record) != NULL; at = (at + 1) & mask) {
        if (run->table[at].hash == hash &&
            str_equal((Str){record_key(run, record), record->key_len}, key)) {
            break;
        }
    }
    return at;
}

static Record *find(const SequenceRun *run, uint64_t hash, Str key)
{
    return run->table_size == 0 ? NULL : run->table[find_place(run, hash, key)].record;
}

static void resize_table(SequenceRun *run, size_t size)
{
    Place *table = calloc(size, sizeof *table);
    if (table == NULL) {
        out_of_memory(size * sizeof *table);
    }
    for (size_t i = 0; i < run->table_size; i++) {
        if (run->table[i].record != NULL) {
            size_t at = run->table[i].hash & (size - 1);
            while (table[at].record != NULL) {
                at = (at + 1) & (size - 1);
            }
            table[at] = run->table[i];
        }
    }
    run->bytes += (size - run->table_size) * sizeof *table;
    free(run->table);
    run->table = table;
    run->table_size = size;
}

static void free_table(SequenceRun *run)
{
    run->bytes -= run->table_size * sizeof *run->table;
    free(run->table);
    run->table = NULL;
    run->table_size = 0;
}

static Record *add_record(SequenceRun *run, uint64_t hash, Str key)
{
    if ((run->record_count + 1) * 4 > run->table_size * 3) {
        resize_table(run, run->table_size == 0 ? TABLE_MIN : run->table_size * 2);
    }
    size_t size = record_size(run, key.len);
    Record *record = malloc(size);
    if (record == NULL) {
        out_of_memory(size);
    }
    memset(record, 0, size - key.len);
    record->hash = hash;
    record->key_len = key.len;
    if (key.len != 0) {
        memcpy(record_key(run, record), key.ptr, key.len);
    }
    run->bytes += block_bytes(size);
    run->record_count++;
    run->table[find_place(run, hash, key)] = (Place){hash, record};
    return record;
}

/* Takes the record out of the table and closes the gap, so that no search ends too early. */
static void unlink_record(SequenceRun *run, const Record *record)
{
    size_t mask = run->table_size - 1;
    size_t gap = record->hash & mask;
    while (run->table[gap].record != record) {
        gap = (gap + 1) & mask;
    }
    for (size_t at = (gap + 1) & mask; run->table[at].record != NULL; at = (at + 1) & mask) {
        size_t home = run->table[at].hash & mask;
        if (((at - home) & mask) >= ((at - gap) & mask)) {
            run->table[gap] = run->table[at];
            gap = at;
        }
    }
    run->table[gap] = (Place){0};
}

static void drop_record(SequenceRun *run, Record *record)
{
    unlink_record(run, record);
    run->bytes -= block_bytes(record_size(run, record->key_len));
    run->record_count--;
    free(record);
    if (run->record_count == 0) {
        free_table(run);
    } else if (run->table_size > TABLE_MIN && run->record_count * 8 < run->table_size) {
        resize_table(run, run->table_size / 2);
    }
}

/* --- the list of open sequences, from the stalest to the freshest --- */

static void list_remove(SequenceRun *run, const Open *open)
{
    if (run->stalest == open) {
        run->stalest = open->fresher;
    } else {
        open->staler->fresher = open->fresher;
    }
    if (run->freshest == open) {
        run->freshest = open->staler;
    } else {
        open->fresher->staler = open->staler;
    }
}

static void list_append(SequenceRun *run, Open *open)
{
    open->staler = run->freshest;
    open->fresher = NULL;
    if (run->freshest == NULL) {
        run->stalest = open;
    } else {
        run->freshest->fresher = open;
    }
    run->freshest = open;
}

/* The neighbours learn that `open` has moved in memory. */
static void list_moved(SequenceRun *run, Open *open)
{
    if (open->staler == NULL) {
        run->stalest = open;
    } else {
        open->staler->fresher = open;
    }
    if (open->fresher == NULL) {
        run->freshest = open;
    } else {
        open->fresher->staler = open;
    }
}

/* The record stays, even if nothing is left in it. */
static void close_open(SequenceRun *run, Open *open)
{
    list_remove(run, open);
    open->record->slots[open->count - 1] = NULL;
    open->record->open--;
    run->open_count--;
    run->bytes -= block_bytes(open_size(open->capacity));
    free(open);
}

static void forget(SequenceRun *run, Open *open)
{
    Record *record = open->record;
    close_open(run, open);
    if (record->open == 0) {
        drop_record(run, record);
    }
}

void sequence_run_free(SequenceRun *run)
{
    if (run == NULL) {
        return;
    }
    while (run->stalest != NULL) {
        forget(run, run->stalest);
    }
    arena_free(run->scratch);
    free(run->events);
    free(run);
}

/* --- the machine --- */

static bool span_passed(const SequenceRun *run, const Open *open, int64_t time)
{
    /* Hits come in order of time, so the difference is not negative; it may be larger than an
     * int64. */
    return run->maxspan_ns != 0 &&
           (uint64_t)time - (uint64_t)open->events[0].time > (uint64_t)run->maxspan_ns;
}

/* With a maxspan the list is in order of beginnings, so all that is over stands in front. */
static void expire(SequenceRun *run, int64_t time)
{
    while (run->stalest != NULL && span_passed(run, run->stalest, time)) {
        forget(run, run->stalest);
        run->stats.expired++;
    }
}

bool sequence_run_evict(SequenceRun *run)
{
    if (run->stalest == NULL) {
        return false;
    }
    forget(run, run->stalest);
    run->stats.evicted++;
    return true;
}

static void keep_bounds(SequenceRun *run)
{
    while ((run->open_count > run->limits.max_open || run->bytes > run->limits.max_bytes) &&
           sequence_run_evict(run)) {
    }
}

static void note_most(SequenceRun *run)
{
    SequenceStats *stats = &run->stats;
    stats->most_open = run->open_count > stats->most_open ? run->open_count : stats->most_open;
    stats->most_bytes = run->bytes > stats->most_bytes ? run->bytes : stats->most_bytes;
}

static SequenceEvent event_of(const Hit *hit)
{
    return (SequenceEvent){.place = hit->place, .time = hit->time};
}

static void replace_slot(SequenceRun *run, Record *record, uint32_t stage, Open *open)
{
    Open *old = record->slots[stage];
    if (old != NULL) {
        close_open(run, old);
    }
    record->slots[stage] = open;
    record->open++;
}

static void start(SequenceRun *run, const Hit *hit, uint64_t hash, Str key)
{
    Record *record = find(run, hash, key);
    if (record == NULL) {
        record = add_record(run, hash, key);
    }
    Open *open = malloc(open_size(1));
    if (open == NULL) {
        out_of_memory(open_size(1));
    }
    *open = (Open){.record = record, .capacity = 1, .count = 1};
    open->events[0] = event_of(hit);
    run->bytes += block_bytes(open_size(1));
    run->open_count++;
    run->stats.begun++;
    list_append(run, open);
    replace_slot(run, record, 0, open);
}

/* Room for one event more; doubled, for runs of one stage may be long. */
static Open *grow(SequenceRun *run, Open *open)
{
    if (open->count < open->capacity) {
        return open;
    }
    uint32_t capacity = open->capacity * 2;
    capacity = capacity < run->stage_count - 1 ? capacity : run->stage_count - 1;
    run->bytes += block_bytes(open_size(capacity)) - block_bytes(open_size(open->capacity));
    open = realloc(open, open_size(capacity));
    if (open == NULL) {
        out_of_memory(open_size(capacity));
    }
    open->capacity = capacity;
    list_moved(run, open);
    return open;
}

static void move_on(SequenceRun *run, Open *open, const Hit *hit)
{
    Record *record = open->record;
    record->slots[open->count - 1] = NULL;
    record->open--;
    open = grow(run, open);
    open->events[open->count++] = event_of(hit);
    if (run->maxspan_ns == 0) {
        list_remove(run, open);
        list_append(run, open);
    }
    replace_slot(run, record, hit->stage, open);
}

/* All events of the match are in run->events afterwards. */
static void complete(SequenceRun *run, Open *open, const Hit *hit)
{
    memcpy(run->events, open->events, open->count * sizeof *open->events);
    run->events[open->count] = event_of(hit);
    run->stats.completed++;
    forget(run, open);
}

static void end_all(SequenceRun *run, Record *record)
{
    for (uint32_t i = 0; i < run->stage_count - 1; i++) {
        if (record->slots[i] != NULL) {
            close_open(run, record->slots[i]);
        }
    }
    drop_record(run, record);
}

static bool offer_key(SequenceRun *run, const Hit *hit, Str key, SequenceTake *take, void *context,
                      Err *err)
{
    uint64_t hash = hash_bytes_seeded(key, run->seed);
    if (hit->stage == 0) {
        start(run, hit, hash, key);
        return true;
    }
    Record *record = find(run, hash, key);
    if (record == NULL) {
        return true;
    }
    if (hit->stage == HIT_UNTIL) {
        end_all(run, record); /* whatever is pending was matched at or before this event */
        return true;
    }
    Open *open = record->slots[hit->stage - 1];
    if (open == NULL) {
        return true;
    }
    if (hit->stage == run->stage_count - 1) {
        complete(run, open, hit);
        SequenceMatch match = {run->events, run->stage_count, key};
        return take(context, &match, err);
    }
    move_on(run, open, hit);
    return true;
}

bool sequence_run_offer(SequenceRun *run, const Hit *hit, SequenceTake *take, void *context,
                        Err *err)
{
    assert(hit->stage < run->stage_count || hit->stage == HIT_UNTIL);
    expire(run, hit->time);
    Str one;
    Str *keys = hit->key_tuples > 1 ? ARENA_MANY(run->scratch, Str, hit->key_tuples) : &one;
    uint32_t key_count = hit_split_keys(hit, run->key_count, run->scratch, keys);
    bool ok = true;
    for (uint32_t i = 0; i < key_count && ok; i++) {
        ok = offer_key(run, hit, keys[i], take, context, err);
        keep_bounds(run);
        note_most(run);
    }
    if (hit->key_tuples > 1) {
        arena_reset(run->scratch);
    }
    return ok;
}

SequenceStats sequence_run_stats(const SequenceRun *run)
{
    SequenceStats stats = run->stats;
    stats.open = run->open_count;
    stats.bytes = run->bytes;
    return stats;
}

uint64_t sequence_run_evicted(const SequenceRun *run)
{
    return run->stats.evicted;
}

size_t sequence_run_open(const SequenceRun *run)
{
    return run->open_count;
}

size_t sequence_run_bytes(const SequenceRun *run)
{
    return run->bytes;
}
