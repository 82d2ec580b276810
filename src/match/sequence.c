#include "match/sequence.h"

#include "base/hash.h"
#include "base/heap.h"
#include "match/absence.h"
#include "match/age_list.h"
#include "match/key_table.h"
#include "match/sequence_many.h"

/* A table of keys below this lies in the cache anyway. */
#if defined(SHRIKE_TINY)
#define LARGE_TABLE ((size_t)1)
#else
#define LARGE_TABLE ((size_t)1 << 14)
#endif

/* Expected hits between the fetch of a place of the table and that of its record. */
#define EXPECTED 8

/* What a stage of the query is to the machine. */
typedef struct Role {
    uint16_t
        step; /* which event it is; of a missing one: the event that it must not stand in front of */
    bool missing;
} Role;

typedef struct Record Record;

/* One half-finished sequence. It lies in slots[count - 1] of its key's record. */
typedef struct Open {
    Record *record;
    AgeLink age;
    uint32_t capacity;
    uint32_t count;
    AbsenceStep steps[]; /* `capacity`, and a Doubt behind them if the query has missing stages */
} Open;

/* What missing stages say of a sequence so far. */
typedef struct Doubt {
    int64_t latest; /* ms of the latest forbidden event in front; ABSENCE_NEVER */
    int64_t seen;   /* ms of the first forbidden event since the last step; INT64_MAX */
    bool spoiled;   /* one lay between two steps. It goes on all the same: it may push others out */
} Doubt;

/* All that is pending for one key. Behind the slots there is room for an Open of one step, for slot 0 never holds more;
 * behind that, the key. */
struct Record {
    KeyRecord head;
    uint32_t open;
    Open *slots[]; /* one a step but the last */
};

struct SequenceRun {
    Arena *plan; /* roles, steps, events */
    Role *roles; /* by stage */
    uint32_t stage_count;
    uint32_t step_count; /* stages that are not missing */
    uint32_t key_count;
    int64_t maxspan_ns;
    bool doubtful; /* has missing stages */
    SequenceLimits limits;
    uint64_t seed;
    KeyTable records;
    Absence *absence;   /* NULL: nothing must be missing in front or behind */
    SequenceMany *many; /* NULL: `records` and what follows hold the open ones */
    AgeList list;       /* of the open ones */
    size_t open_count;
    size_t open_bytes;           /* of those that do not lie in their record */
    uint64_t expected[EXPECTED]; /* hashes, a ring */
    uint32_t expected_count;
    SequenceStats stats; /* but for open and bytes, and what `absence` and `many` count */
    Arena *scratch;
    AbsenceStep *steps;    /* of the sequence at hand, */
    SequenceEvent *events; /* and as it is given out */
};

/* One hit on its way, or the end. */
typedef struct Offer {
    SequenceRun *run;
    const Hit *hit;
    uint64_t hash; /* of the key at hand */
    Str key;
    SequenceTake *take;
    void *context;
} Offer;

static size_t open_size(const SequenceRun *run, uint32_t capacity)
{
    return sizeof(Open) + capacity * sizeof(AbsenceStep) + (run->doubtful ? sizeof(Doubt) : 0);
}

static Doubt *doubt_of(Open *open)
{
    return (Doubt *)&open->steps[open->capacity];
}

static Open *own_open(const SequenceRun *run, Record *record)
{
    return (Open *)&record->slots[run->step_count - 1];
}

static void set_roles(SequenceRun *run, const QueryPlan *query)
{
    bool in_front = false;
    bool behind = false;
    for (uint32_t i = 0; i < query->stage_count; i++) {
        run->roles[i] = (Role){(uint16_t)run->step_count, query->stages[i].missing};
        run->doubtful |= query->stages[i].missing;
        in_front |= query->stages[i].missing && run->step_count == 0;
        behind |= query->stages[i].missing;
        run->step_count += !query->stages[i].missing;
        behind &= query->stages[i].missing;
    }
    if (in_front || behind) {
        run->absence = absence_new(run->step_count, query->maxspan_ns, in_front, behind);
    }
    if (query->matches != SEQUENCE_LATEST && run->step_count > 1) {
        run->many = sequence_many_new(query, run->step_count, run->limits.max_waiting);
    }
}

SequenceRun *sequence_run_new(const QueryPlan *query, const SequenceLimits *limits)
{
    assert(query->kind == QUERY_SEQUENCE);
    SequenceRun *run = HEAP_NEW(SequenceRun);
    Arena *plan = arena_new();
    *run = (SequenceRun){
        .stage_count = query->stage_count,
        .key_count = query->key_count,
        .maxspan_ns = query->maxspan_ns,
        .limits = {limits->max_open != 0 ? limits->max_open : SEQUENCE_MAX_OPEN,
                   limits->max_bytes != 0 ? limits->max_bytes : SEQUENCE_MAX_BYTES,
                   limits->max_waiting != 0 ? limits->max_waiting : SEQUENCE_MAX_WAITING},
        .seed = hash_random_seed(),
        .plan = plan,
        .roles = ARENA_MANY(plan, Role, query->stage_count),
        .steps = ARENA_MANY(plan, AbsenceStep, query->stage_count),
        .events = ARENA_MANY(plan, SequenceEvent, query->stage_count),
        .scratch = arena_new(),
    };
    set_roles(run, query);
    assert(run->step_count > 0);
    run->records =
        key_table_of(sizeof(Record) + (run->step_count - 1) * sizeof(Open *) + open_size(run, 1));
    return run;
}

/* Of the open ones. */
static Open *stalest(const SequenceRun *run)
{
    return AGE_LIST_OWNER(Open, age, run->list.stalest);
}

static void free_open(SequenceRun *run, Open *open)
{
    if (open != own_open(run, open->record)) {
        run->open_bytes -= key_block_bytes(open_size(run, open->capacity));
        heap_free(open);
    }
}

/* The record stays, even if nothing is left in it. */
static void close_open(SequenceRun *run, Open *open)
{
    age_list_remove(&run->list, &open->age);
    open->record->slots[open->count - 1] = NULL;
    open->record->open--;
    run->open_count--;
    free_open(run, open);
}

static void forget(SequenceRun *run, Open *open)
{
    Record *record = open->record;
    close_open(run, open);
    if (record->open == 0) {
        key_table_remove(&run->records, record);
    }
}

void sequence_run_free(SequenceRun *run)
{
    if (run == NULL) {
        return;
    }
    for (Open *open; (open = stalest(run)) != NULL;) {
        forget(run, open);
    }
    key_table_done(&run->records);
    sequence_many_free(run->many);
    absence_free(run->absence);
    arena_free(run->scratch);
    arena_free(run->plan);
    free(run);
}

/* --- bounds --- */

static bool span_passed(const SequenceRun *run, const Open *open, int64_t time)
{
    /* Hits come in order of time, so the difference is not negative; it may be larger than an
     * int64. */
    return run->maxspan_ns != 0 &&
           (uint64_t)time - (uint64_t)open->steps[0].time > (uint64_t)run->maxspan_ns;
}

/* With a maxspan the list is in order of beginnings, so all that is over stands in front. */
static void expire(SequenceRun *run, int64_t time)
{
    for (Open *open; (open = stalest(run)) != NULL && span_passed(run, open, time);) {
        forget(run, open);
        run->stats.expired++;
    }
    if (run->many != NULL) {
        run->stats.expired += sequence_many_expire(run->many, time);
    }
    if (run->absence != NULL) {
        absence_expire(run->absence, absence_ms(time));
    }
}

/* Unfinished ones. */
static size_t unfinished(const SequenceRun *run)
{
    return run->many != NULL ? sequence_many_count(run->many) : run->open_count;
}

/* When the stalest of the unfinished ones began; false when there is none. */
static bool stalest_began(const SequenceRun *run, int64_t *ms)
{
    int64_t time = 0;
    if (run->many != NULL ? !sequence_many_stalest(run->many, &time) : stalest(run) == NULL) {
        return false;
    }
    *ms = absence_ms(run->many != NULL ? time : stalest(run)->steps[0].time);
    return true;
}

static void evict_unfinished(SequenceRun *run)
{
    if (run->many != NULL) {
        sequence_many_evict_stalest(run->many);
    } else {
        forget(run, stalest(run));
    }
}

bool sequence_run_evict(SequenceRun *run)
{
    int64_t ms;
    int64_t began = 0;
    bool has_unfinished = stalest_began(run, &began);
    bool of_absence = unfinished(run) <= run->limits.max_open && run->absence != NULL &&
                      absence_stalest(run->absence, &ms) && (!has_unfinished || ms < began);
    if (of_absence) {
        absence_evict_stalest(run->absence);
    } else if (has_unfinished) {
        evict_unfinished(run);
    } else {
        return false;
    }
    run->stats.evicted++;
    return true;
}

static void keep_bounds(SequenceRun *run)
{
    while ((unfinished(run) > run->limits.max_open ||
            sequence_run_bytes(run) > run->limits.max_bytes) &&
           sequence_run_evict(run)) {
    }
}

static void note_most(SequenceRun *run)
{
    SequenceStats *stats = &run->stats;
    size_t open = sequence_run_open(run);
    size_t bytes = sequence_run_bytes(run);
    stats->most_open = open > stats->most_open ? open : stats->most_open;
    stats->most_bytes = bytes > stats->most_bytes ? bytes : stats->most_bytes;
}

/* --- what is complete --- */

static bool give_out(void *context, const AbsenceStep *steps, Str key, Err *err)
{
    const Offer *offer = context;
    const SequenceRun *run = offer->run;
    for (uint32_t i = 0; i < run->stage_count; i++) {
        const AbsenceStep *step = &steps[run->roles[i].step];
        run->events[i] = run->roles[i].missing
                             ? (SequenceEvent){.missing = true}
                             : (SequenceEvent){.place = step->place, .time = step->time};
    }
    SequenceMatch match = {run->events, run->stage_count, key};
    return offer->take(offer->context, &match, err);
}

/* All events are in run->steps. */
static bool complete(Offer *offer, int64_t latest, Err *err)
{
    SequenceRun *run = offer->run;
    if (run->absence == NULL) {
        return give_out(offer, run->steps, offer->key, err);
    }
    absence_complete(run->absence, offer->hash, offer->key, run->steps, latest);
    return true;
}

/* --- the machine --- */

static AbsenceStep step_of(const Hit *hit)
{
    return (AbsenceStep){.place = hit->place, .time = hit->time};
}

static int64_t latest_in_front(const Offer *offer)
{
    const SequenceRun *run = offer->run;
    return run->absence == NULL ? ABSENCE_NEVER
                                : absence_latest(run->absence, offer->hash, offer->key,
                                                 absence_ms(offer->hit->time));
}

static void start(const Offer *offer)
{
    SequenceRun *run = offer->run;
    Record *record = key_table_find(&run->records, offer->hash, offer->key);
    if (record == NULL) {
        record = key_table_add(&run->records, offer->hash, offer->key);
    }
    Open *open = own_open(run, record);
    if (record->slots[0] != NULL) {
        close_open(run, open);
    }
    open->record = record;
    open->capacity = open->count = 1;
    open->steps[0] = step_of(offer->hit);
    if (run->doubtful) {
        *doubt_of(open) = (Doubt){.latest = latest_in_front(offer), .seen = INT64_MAX};
    }
    record->slots[0] = open;
    record->open++;
    run->open_count++;
    run->stats.begun++;
    age_list_insert(&run->list, &open->age, NULL);
}

/* Room for one event more; doubled, for runs of one stage may be long. */
static Open *grow(SequenceRun *run, Open *open)
{
    if (open->count < open->capacity) {
        return open;
    }
    uint32_t capacity = open->capacity * 2;
    capacity = capacity < run->step_count - 1 ? capacity : run->step_count - 1;
    Open *grown = heap_bytes(open_size(run, capacity));
    memcpy(grown, open, sizeof *open + open->count * sizeof *open->steps);
    grown->capacity = capacity;
    if (run->doubtful) {
        *doubt_of(grown) = *doubt_of(open);
    }
    run->open_bytes += key_block_bytes(open_size(run, capacity));
    free_open(run, open);
    age_list_moved(&run->list, &grown->age);
    return grown;
}

/* A step is made at `ms`: what was seen since the step before lies between the two, if it is not of the same
 * millisecond. */
static void doubt_step(Doubt *doubt, int64_t ms)
{
    doubt->spoiled |= doubt->seen < ms;
    doubt->seen = INT64_MAX;
}

static void move_on(const Offer *offer, Open *open)
{
    SequenceRun *run = offer->run;
    Record *record = open->record;
    uint32_t slot = open->count;
    record->slots[slot - 1] = NULL;
    record->open--;
    open = grow(run, open);
    open->steps[open->count++] = step_of(offer->hit);
    if (run->doubtful) {
        doubt_step(doubt_of(open), absence_ms(offer->hit->time));
    }
    if (run->maxspan_ns == 0) {
        age_list_remove(&run->list, &open->age);
        age_list_insert(&run->list, &open->age, NULL);
    }
    if (record->slots[slot] != NULL) {
        close_open(run, record->slots[slot]);
    }
    record->slots[slot] = open;
    record->open++;
}

static bool finish(Offer *offer, Open *open, Err *err)
{
    SequenceRun *run = offer->run;
    Doubt doubt = {.latest = ABSENCE_NEVER};
    memcpy(run->steps, open->steps, open->count * sizeof *open->steps);
    run->steps[open->count] = step_of(offer->hit);
    if (run->doubtful) {
        doubt = *doubt_of(open);
        doubt_step(&doubt, absence_ms(offer->hit->time));
    }
    forget(run, open);
    run->stats.completed++;
    run->stats.forbidden += doubt.spoiled;
    return doubt.spoiled || complete(offer, doubt.latest, err);
}

static void end_all(SequenceRun *run, Record *record)
{
    for (uint32_t i = 0; i + 1 < run->step_count; i++) {
        if (record->slots[i] != NULL) {
            close_open(run, record->slots[i]);
        }
    }
    key_table_remove(&run->records, record);
}

static void see_between(const Offer *offer, uint32_t gap, int64_t ms)
{
    const SequenceRun *run = offer->run;
    if (run->many != NULL) {
        sequence_many_forbid(run->many, &(ManyKey){offer->hash, offer->key}, gap, ms);
        return;
    }
    const Record *record = key_table_find(&run->records, offer->hash, offer->key);
    Open *open = record == NULL ? NULL : record->slots[gap - 1];
    if (open != NULL && ms > absence_ms(open->steps[open->count - 1].time)) {
        Doubt *doubt = doubt_of(open);
        doubt->seen = doubt->seen < ms ? doubt->seen : ms;
    }
}

static void see_missing(const Offer *offer, uint32_t gap)
{
    const SequenceRun *run = offer->run;
    int64_t ms = absence_ms(offer->hit->time);
    if (gap == 0) {
        absence_meet_in_front(run->absence, offer->hash, offer->key, ms);
    } else if (gap == run->step_count) {
        absence_meet_behind(run->absence, offer->hash, offer->key, ms);
    } else {
        see_between(offer, gap, ms);
    }
}

static bool finish_one_of_many(void *context, const ManyMatch *match, Err *err)
{
    Offer *offer = context;
    SequenceRun *run = offer->run;
    memcpy(run->steps, match->steps, run->step_count * sizeof *match->steps);
    run->stats.completed++;
    run->stats.forbidden += match->spoiled;
    return match->spoiled || complete(offer, match->latest, err);
}

static bool offer_many(Offer *offer, uint32_t step, Err *err)
{
    SequenceRun *run = offer->run;
    ManyEvent event = {.key = {offer->hash, offer->key}, .step = step, .at = step_of(offer->hit)};
    if (step == 0) {
        event.latest = latest_in_front(offer);
        run->stats.begun++;
    }
    return sequence_many_offer(run->many, &event, finish_one_of_many, offer, err);
}

static bool take_step(Offer *offer, uint32_t step, Err *err)
{
    SequenceRun *run = offer->run;
    if (step == 0 && run->step_count == 1) {
        run->steps[0] = step_of(offer->hit);
        run->stats.begun++;
        run->stats.completed++;
        return complete(offer, latest_in_front(offer), err);
    }
    if (run->many != NULL) {
        return offer_many(offer, step, err);
    }
    if (step == 0) {
        start(offer);
        return true;
    }
    const Record *record = key_table_find(&run->records, offer->hash, offer->key);
    Open *open = record == NULL ? NULL : record->slots[step - 1];
    if (open == NULL) {
        return true;
    }
    if (step == run->step_count - 1) {
        return finish(offer, open, err);
    }
    move_on(offer, open);
    return true;
}

static bool offer_key(Offer *offer, Err *err)
{
    SequenceRun *run = offer->run;
    if (offer->hit->stage != HIT_UNTIL) {
        Role role = run->roles[offer->hit->stage];
        if (!role.missing) {
            return take_step(offer, role.step, err);
        }
        see_missing(offer, role.step);
        return true;
    }
    if (run->many != NULL) {
        sequence_many_end(run->many, &(ManyKey){offer->hash, offer->key});
        return true;
    }
    Record *record = key_table_find(&run->records, offer->hash, offer->key);
    if (record != NULL) {
        end_all(run, record); /* whatever is pending was matched at or before this event */
    }
    return true;
}

static bool give_decided(Offer *offer, int64_t ms, Err *err)
{
    Absence *absence = offer->run->absence;
    return absence == NULL || absence_give(absence, ms, give_out, offer, err);
}

bool sequence_run_offer(SequenceRun *run, const Hit *hit, SequenceTake *take, void *context,
                        Err *err)
{
    assert(hit->stage < run->stage_count || hit->stage == HIT_UNTIL);
    expire(run, hit->time);
    Str one;
    Str *keys = hit->key_tuples > 1 ? ARENA_MANY(run->scratch, Str, hit->key_tuples) : &one;
    uint32_t key_count = hit_split_keys(hit, run->key_count, run->scratch, keys);
    Offer offer = {.run = run, .hit = hit, .take = take, .context = context};
    int64_t ms = absence_ms(hit->time);
    bool ok = give_decided(&offer, ms, err);
    for (uint32_t i = 0; i < key_count && ok; i++) {
        offer.key = keys[i];
        offer.hash = hash_bytes_seeded(keys[i], run->seed);
        ok = offer_key(&offer, err) && give_decided(&offer, ms, err);
        keep_bounds(run);
        note_most(run);
    }
    if (hit->key_tuples > 1) {
        arena_reset(run->scratch);
    }
    return ok;
}

void sequence_run_expect(SequenceRun *run, const Hit *hit)
{
    if (run->records.size < LARGE_TABLE || hit->key_tuples != 1) {
        return;
    }
    uint64_t *hash = &run->expected[run->expected_count++ % EXPECTED];
    key_table_fetch_record(&run->records, *hash);
    *hash = hash_bytes_seeded(hit->keys, run->seed);
    key_table_fetch_place(&run->records, *hash);
}

bool sequence_run_finish(SequenceRun *run, SequenceTake *take, void *context, Err *err)
{
    return sequence_run_finish_at(run, SEQUENCE_OVER, take, context, err);
}

bool sequence_run_finish_at(SequenceRun *run, int64_t time, SequenceTake *take, void *context,
                            Err *err)
{
    Offer offer = {.run = run, .take = take, .context = context};
    int64_t ms = time == SEQUENCE_OVER ? ABSENCE_OVER : absence_ms(time);
    return run->absence == NULL || absence_finish(run->absence, ms, give_out, &offer, err);
}

SequenceStats sequence_run_stats(const SequenceRun *run)
{
    SequenceStats stats = run->stats;
    stats.forbidden += run->absence == NULL ? 0 : absence_forbidden(run->absence);
    stats.undecided = run->absence == NULL ? 0 : absence_undecided(run->absence);
    stats.evicted = sequence_run_evicted(run);
    stats.open = sequence_run_open(run);
    stats.bytes = sequence_run_bytes(run);
    return stats;
}

uint64_t sequence_run_evicted(const SequenceRun *run)
{
    return run->stats.evicted + (run->many == NULL ? 0 : sequence_many_cut(run->many));
}

size_t sequence_run_open(const SequenceRun *run)
{
    return unfinished(run) + (run->absence == NULL ? 0 : absence_waiting(run->absence));
}

size_t sequence_run_bytes(const SequenceRun *run)
{
    size_t bytes =
        run->many != NULL ? sequence_many_bytes(run->many) : run->records.bytes + run->open_bytes;
    return bytes + (run->absence == NULL ? 0 : absence_bytes(run->absence));
}
