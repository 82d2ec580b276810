#include "match/sample.h"

#include "base/heap.h"

#define NOBODY UINT32_MAX

/* One event that a stage may take. */
typedef struct Candidate {
    EventPlace place;
    uint32_t event; /* its number among the key's events */
} Candidate;

typedef struct Candidates {
    Candidate *items; /* in order of place */
    uint32_t count, capacity;
} Candidates;

/* One event of the key at hand. */
typedef struct KeyEvent {
    bool chosen;
    uint32_t owner;   /* the stage, not reached yet, that counts on it, or NOBODY */
    uint64_t visited; /* by which search */
} KeyEvent;

struct SampleRun {
    uint32_t stage_count;
    uint64_t max_per_key;
    uint64_t max_candidates;
    Buffer key; /* at hand; empty: none yet */
    Candidates *stages;
    uint32_t filled; /* stages that have a candidate */
    Arena *scratch;  /* of one key's samples */
    SequenceEvent *events;
};

/* The samples of one key. Stages with fewer candidates than there are stages may run out of events; each of them, until
 * it is its turn, counts on an event of its own. As long as all do, every choice made so far can be completed. */
typedef struct Choosing {
    SampleRun *run;
    KeyEvent *events;
    uint32_t *counted; /* by stage: the event it counts on, or NOBODY */
    uint64_t searches;
    uint64_t given;
    SequenceTake *take;
    void *context;
    Err *err;
} Choosing;

uint64_t sample_candidates(const QueryPlan *query, uint64_t max_per_key)
{
    return query->stage_count + max_per_key - 1;
}

SampleRun *sample_run_new(const QueryPlan *query, uint64_t max_per_key)
{
    assert(query->kind == QUERY_SAMPLE && query->key_count > 0 && max_per_key > 0);
    SampleRun *run = HEAP_NEW(SampleRun);
    *run = (SampleRun){
        .stage_count = query->stage_count,
        .max_per_key = max_per_key,
        .max_candidates = sample_candidates(query, max_per_key),
        .stages = HEAP_MANY(Candidates, query->stage_count),
        .scratch = arena_new(),
        .events = HEAP_MANY(SequenceEvent, query->stage_count),
    };
    return run;
}

void sample_run_free(SampleRun *run)
{
    if (run == NULL) {
        return;
    }
    for (uint32_t i = 0; i < run->stage_count; i++) {
        free(run->stages[i].items);
    }
    free(run->stages);
    free(run->events);
    buffer_done(&run->key);
    arena_free(run->scratch);
    free(run);
}

/* --- collecting --- */

static void add_candidate(SampleRun *run, uint32_t stage, const EventPlace *place)
{
    Candidates *list = &run->stages[stage];
    if (list->count == run->max_candidates) {
        return;
    }
    if (list->count == list->capacity) {
        list->capacity = list->capacity * 2 + 4;
        list->items = heap_resize(list->items, list->capacity, sizeof *list->items);
    }
    run->filled += list->count == 0;
    list->items[list->count++] = (Candidate){.place = *place};
}

static void forget_candidates(SampleRun *run)
{
    for (uint32_t i = 0; i < run->stage_count; i++) {
        run->stages[i].count = 0;
    }
    run->filled = 0;
}

static int compare_places(const void *a, const void *b)
{
    const EventPlace *left = &(*(Candidate *const *)a)->place;
    const EventPlace *right = &(*(Candidate *const *)b)->place;
    if (left->input != right->input) {
        return left->input < right->input ? -1 : 1;
    }
    return (left->offset > right->offset) - (left->offset < right->offset);
}

/* Numbers the key's events, an event that several stages may take only once; how many. */
static uint32_t number_events(SampleRun *run)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < run->stage_count; i++) {
        total += run->stages[i].count;
    }
    Candidate **all = ARENA_MANY(run->scratch, Candidate *, total);
    uint32_t filled = 0;
    for (uint32_t i = 0; i < run->stage_count; i++) {
        for (uint32_t at = 0; at < run->stages[i].count; at++) {
            all[filled++] = &run->stages[i].items[at];
        }
    }
    qsort(all, total, sizeof(Candidate *), compare_places);
    uint32_t count = 0;
    for (uint32_t i = 0; i < total; i++) {
        count += i == 0 || compare_places(&all[i - 1], &all[i]) != 0;
        all[i]->event = count - 1;
    }
    return count;
}

/* --- choosing --- */

/* Finds the stage an event to count on, moving other stages' events if need be. */
static bool count_on_one(Choosing *choosing, uint32_t stage)
{
    const Candidates *list = &choosing->run->stages[stage];
    for (uint32_t i = 0; i < list->count; i++) {
        KeyEvent *event = &choosing->events[list->items[i].event];
        if (event->chosen || event->visited == choosing->searches) {
            continue;
        }
        event->visited = choosing->searches;
        if (event->owner == NOBODY || count_on_one(choosing, event->owner)) {
            event->owner = stage;
            choosing->counted[stage] = list->items[i].event;
            return true;
        }
    }
    return false;
}

static void count_off(Choosing *choosing, uint32_t stage)
{
    if (choosing->counted[stage] != NOBODY) {
        choosing->events[choosing->counted[stage]].owner = NOBODY;
        choosing->counted[stage] = NOBODY;
    }
}

static bool may_run_out(const Choosing *choosing, uint32_t stage)
{
    return choosing->run->stages[stage].count < choosing->run->stage_count;
}

/* Takes the event if the later stages can do without it. If not, no event that the search has visited can be spared
 * either: all of them together are just enough for the stages that need them. */
static bool take_event(Choosing *choosing, uint32_t number)
{
    KeyEvent *event = &choosing->events[number];
    if (event->chosen || event->visited == choosing->searches) {
        return false;
    }
    event->chosen = true;
    uint32_t owner = event->owner;
    if (owner == NOBODY) {
        return true;
    }
    count_off(choosing, owner);
    if (count_on_one(choosing, owner)) {
        choosing->searches++;
        return true;
    }
    event->chosen = false;
    event->owner = owner;
    choosing->counted[owner] = number;
    return false;
}

static bool give(Choosing *choosing)
{
    SampleRun *run = choosing->run;
    SequenceMatch match = {run->events, run->stage_count, buffer_str(&run->key)};
    choosing->given++;
    return choosing->take(choosing->context, &match, choosing->err);
}

/* All samples that go on from what is chosen for the stages in front. False when `take` refused one. */
static bool choose(Choosing *choosing, uint32_t stage)
{
    SampleRun *run = choosing->run;
    if (stage == run->stage_count) {
        return give(choosing);
    }
    count_off(choosing, stage);
    choosing->searches++;
    const Candidates *list = &run->stages[stage];
    bool ok = true;
    for (uint32_t i = 0; i < list->count && ok && choosing->given < run->max_per_key; i++) {
        const Candidate *candidate = &list->items[i];
        if (take_event(choosing, candidate->event)) {
            run->events[stage] = (SequenceEvent){.place = candidate->place};
            ok = choose(choosing, stage + 1);
            choosing->events[candidate->event].chosen = false;
            choosing->searches++;
        }
    }
    choosing->searches++;
    if (may_run_out(choosing, stage)) {
        (void)count_on_one(choosing, stage);
    }
    return ok;
}

static bool all_count_on_one(Choosing *choosing)
{
    for (uint32_t i = 0; i < choosing->run->stage_count; i++) {
        choosing->searches++;
        if (may_run_out(choosing, i) && !count_on_one(choosing, i)) {
            return false;
        }
    }
    return true;
}

static bool give_samples(SampleRun *run, SequenceTake *take, void *context, Err *err)
{
    bool ok = true;
    if (run->filled == run->stage_count) {
        arena_reset(run->scratch);
        uint32_t event_count = number_events(run);
        Choosing choosing = {.run = run,
                             .events = ARENA_MANY(run->scratch, KeyEvent, event_count),
                             .counted = ARENA_MANY(run->scratch, uint32_t, run->stage_count),
                             .take = take,
                             .context = context,
                             .err = err};
        for (uint32_t i = 0; i < event_count; i++) {
            choosing.events[i].owner = NOBODY;
        }
        for (uint32_t i = 0; i < run->stage_count; i++) {
            choosing.counted[i] = NOBODY;
        }
        ok = !all_count_on_one(&choosing) || choose(&choosing, 0);
    }
    forget_candidates(run);
    return ok;
}

bool sample_run_offer(SampleRun *run, const Hit *hit, SequenceTake *take, void *context, Err *err)
{
    assert(hit->stage < run->stage_count);
    Str key = hit_sample_key(hit);
    bool ok = true;
    if (!str_equal(buffer_str(&run->key), key)) {
        ok = give_samples(run, take, context, err);
        buffer_clear(&run->key);
        buffer_append(&run->key, key);
    }
    add_candidate(run, hit->stage, &hit->place);
    return ok;
}

bool sample_run_finish(SampleRun *run, SequenceTake *take, void *context, Err *err)
{
    return give_samples(run, take, context, err);
}
