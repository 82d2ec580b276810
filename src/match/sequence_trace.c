#include "match/sequence_trace.h"

SequenceTrace *sequence_trace_new(Arena *arena, const QueryPlan *query, const EventPlace *own,
                                  const Str *keys, uint32_t key_count)
{
    SequenceTrace *trace = ARENA_NEW(arena, SequenceTrace);
    *trace = (SequenceTrace){
        .arena = arena,
        .query = query,
        .plain = sequence_plain_new(query, &(SequenceLimits){.max_open = SIZE_MAX}),
        .own = *own,
        .keys = keys,
        .key_count = key_count,
    };
    return trace;
}

void sequence_trace_free(SequenceTrace *trace)
{
    if (trace != NULL) {
        sequence_plain_free(trace->plain);
    }
}

static bool is_own(const SequenceTrace *trace, const EventPlace *place)
{
    return place->input == trace->own.input && place->offset == trace->own.offset;
}

static bool holds_own(const SequenceTrace *trace, const SequenceEvent *events, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!events[i].missing && is_own(trace, &events[i].place)) {
            return true;
        }
    }
    return false;
}

static bool is_lost(const SequenceWaiting *waiting)
{
    return waiting->past_maxspan || waiting->past_until;
}

/* --- fate --- */

static void decide(SequenceTrace *trace, TraceFate fate, const TraceStep *step)
{
    if (trace->fate != FATE_COMPLETED) {
        trace->fate = fate;
        trace->decided = *step;
    }
}

static void follow_own(SequenceTrace *trace, const TraceStep *step)
{
    switch (step->kind) {
    case TRACE_BEGINS:
    case TRACE_CONTINUES: decide(trace, FATE_WAITS, step); break;
    case TRACE_COMPLETES: decide(trace, FATE_COMPLETED, step); break;
    case TRACE_NOTHING_WAITS: decide(trace, FATE_NOTHING_WAITED, step); break;
    case TRACE_TOO_LATE: decide(trace, FATE_TOO_LATE, step); break;
    case TRACE_AFTER_UNTIL: decide(trace, FATE_AFTER_UNTIL, step); break;
    case TRACE_UNTIL:
        if (trace->fate == FATE_NONE) {
            decide(trace, FATE_IS_UNTIL, step);
        }
        break;
    case TRACE_FORBIDS:
        if (trace->fate == FATE_NONE) {
            decide(trace, FATE_FORBIDS, step);
        }
        break;
    }
}

/* A later event meets the sequence in which the event that is asked about has a place. */
static void follow_sequence(SequenceTrace *trace, const TraceStep *step)
{
    switch (step->kind) {
    case TRACE_CONTINUES: decide(trace, FATE_WAITS, step); break;
    case TRACE_COMPLETES: decide(trace, FATE_COMPLETED, step); break;
    case TRACE_TOO_LATE: decide(trace, FATE_OVERDUE, step); break;
    case TRACE_UNTIL: decide(trace, FATE_ENDED, step); break;
    case TRACE_BEGINS:
    case TRACE_NOTHING_WAITS:
    case TRACE_AFTER_UNTIL:
    case TRACE_FORBIDS: break;
    }
}

static void follow(SequenceTrace *trace, const TraceStep *step)
{
    if (step->dropped_own) {
        decide(trace, FATE_DROPPED, step);
    }
    if (step->is_own) {
        follow_own(trace, step);
    }
    if (step->holds_own && !(step->is_own && step->kind != TRACE_UNTIL)) {
        follow_sequence(trace, step);
    }
}

/* --- steps --- */

static void keep(SequenceTrace *trace, const TraceStep *step)
{
    uint32_t count = trace->steps.count;
    if (trace->own_seen && !step->is_own) {
        const TraceStep *oldest = &trace->steps.items[0];
        uint32_t behind = 0;
        for (uint32_t i = count; i-- > 0 && !oldest[i].is_own;) {
            behind++;
        }
        if (behind == TRACE_MAX_AFTER) {
            trace->after_cut++;
            return;
        }
    } else if (!step->is_own && count == TRACE_MAX_BEFORE) {
        memmove(trace->steps.items, trace->steps.items + 1, (count - 1) * sizeof *step);
        trace->steps.count--;
        trace->before_cut++;
    }
    trace->own_seen = trace->own_seen || step->is_own;
    ARRAY_PUSH(trace->arena, &trace->steps, *step);
}

static void meet(const SequenceTrace *trace, TraceStep *step, const SequenceWaiting *waiting,
                 uint32_t count)
{
    bool own = holds_own(trace, waiting->events, count);
    if (!step->has_sequence || (own && !step->holds_own)) {
        step->began = *waiting->first;
    }
    step->more += step->has_sequence;
    step->has_sequence = true;
    step->holds_own = step->holds_own || own;
}

/* What waits in the slot that the event's sequence comes to. Of a query that tells more than the latest start's, nothing
 * gives way. */
static void note_dropped(const SequenceTrace *trace, TraceStep *step, const Hit *hit, Str key)
{
    SequenceWaiting waiting;
    size_t from = 0;
    if (trace->query->matches == SEQUENCE_LATEST &&
        sequence_plain_waiting(trace->plain, key, hit->stage, hit->time, &from, &waiting) &&
        !is_lost(&waiting)) {
        step->has_dropped = true;
        step->dropped = *waiting.first;
        step->dropped_own = holds_own(trace, waiting.events, hit->stage + 1u);
    }
}

static void note_until(const SequenceTrace *trace, TraceStep *step, const Hit *hit, Str key)
{
    SequenceWaiting waiting;
    step->kind = TRACE_UNTIL;
    for (uint32_t stage = 0; stage < trace->query->stage_count; stage++) {
        size_t from = 0;
        while (sequence_plain_waiting(trace->plain, key, stage, hit->time, &from, &waiting)) {
            if (!is_lost(&waiting)) {
                meet(trace, step, &waiting, stage + 1);
            }
        }
    }
}

static void note_first(const SequenceTrace *trace, TraceStep *step, const Hit *hit, Str key)
{
    step->kind = step->next == NO_STAGE ? TRACE_COMPLETES : TRACE_BEGINS;
    step->has_sequence = true;
    step->began = step->event;
    note_dropped(trace, step, hit, key);
}

/* Of those that wait, the one to tell of: rather one that is not lost, and rather one in which the event that is asked
 * about has a place. *more: how many others are not lost. */
static bool most_telling(const SequenceTrace *trace, Str key, uint32_t stage, int64_t time,
                         SequenceWaiting *out, uint64_t *more)
{
    SequenceWaiting one;
    size_t from = 0;
    int best = -1;
    uint64_t alive = 0;
    while (sequence_plain_waiting(trace->plain, key, stage, time, &from, &one)) {
        int rank = 2 * !is_lost(&one) + holds_own(trace, one.events, stage + 1);
        alive += !is_lost(&one);
        if (rank > best) {
            best = rank;
            *out = one;
        }
    }
    *more = alive > 0 ? alive - 1 : 0;
    return best >= 0;
}

static void note_stage(const SequenceTrace *trace, TraceStep *step, const Hit *hit, Str key)
{
    SequenceWaiting waiting = {0};
    uint32_t before = sequence_plain_beside(trace->query, hit->stage, -1);
    if (before == NO_STAGE) {
        note_first(trace, step, hit, key);
        return;
    }
    if (!most_telling(trace, key, before, hit->time, &waiting, &step->more)) {
        step->kind = TRACE_NOTHING_WAITS;
        return;
    }
    meet(trace, step, &waiting, before + 1);
    if (waiting.past_until) {
        step->kind = TRACE_AFTER_UNTIL;
    } else if (waiting.past_maxspan) {
        step->kind = TRACE_TOO_LATE;
    } else if (step->next == NO_STAGE) {
        step->kind = TRACE_COMPLETES;
    } else {
        step->kind = TRACE_CONTINUES;
        note_dropped(trace, step, hit, key);
    }
}

static void note(SequenceTrace *trace, const Hit *hit, uint32_t key)
{
    SequenceEvent event = {.place = hit->place, .time = hit->time};
    TraceStep step = {.stage = hit->stage,
                      .next = NO_STAGE,
                      .key = key,
                      .is_own = is_own(trace, &hit->place),
                      .event = event};
    if (hit->stage == HIT_UNTIL) {
        note_until(trace, &step, hit, trace->keys[key]);
    } else if (trace->query->stages[hit->stage].missing) {
        step.kind = TRACE_FORBIDS;
    } else {
        step.next = sequence_plain_beside(trace->query, hit->stage, 1);
        note_stage(trace, &step, hit, trace->keys[key]);
    }
    follow(trace, &step);
    keep(trace, &step);
}

static bool take(void *context, const SequenceMatch *match, Err *err)
{
    (void)err;
    SequenceTrace *trace = context;
    trace->own_given = trace->own_given || holds_own(trace, match->events, match->event_count);
    return true;
}

static bool take_left(void *context, const SequenceMatch *match, Err *err)
{
    (void)err;
    SequenceTrace *trace = context;
    trace->own_left = trace->own_left || holds_own(trace, match->events, match->event_count);
    return true;
}

/* True when the hit has one of the watched keys. */
static bool note_keys(SequenceTrace *trace, const Hit *hit)
{
    Arena *scratch = arena_new();
    Str *keys = ARENA_MANY(scratch, Str, hit->key_tuples + 1u);
    uint32_t count = hit_split_keys(hit, trace->query->key_count, scratch, keys);
    bool watched = false;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t key = 0; key < trace->key_count; key++) {
            if (str_equal(keys[i], trace->keys[key])) {
                note(trace, hit, key);
                watched = true;
            }
        }
    }
    arena_free(scratch);
    return watched;
}

bool sequence_trace_offer(SequenceTrace *trace, const Hit *hit, Err *err)
{
    trace->last_time = hit->time;
    return !note_keys(trace, hit) || sequence_plain_offer(trace->plain, hit, take, trace, err);
}

/* The fate of a sequence that waits until the input ends. */
static TraceFate fate_at_end(const SequenceTrace *trace)
{
    for (uint32_t key = 0; key < trace->key_count; key++) {
        for (uint32_t stage = 0; stage < trace->query->stage_count; stage++) {
            SequenceWaiting waiting;
            size_t from = 0;
            while (sequence_plain_waiting(trace->plain, trace->keys[key], stage, trace->last_time,
                                          &from, &waiting)) {
                if (!is_lost(&waiting) && holds_own(trace, waiting.events, stage + 1)) {
                    return FATE_WAITS;
                }
            }
        }
    }
    /* If nothing is left of it, it was past maxspan when it was replaced or ended, which then tells nothing. */
    return FATE_EXPIRED;
}

bool sequence_trace_finish(SequenceTrace *trace, int64_t time, Err *err)
{
    if (!sequence_plain_finish_at(trace->plain, time, take, take_left, trace, err)) {
        return false;
    }
    if (trace->fate == FATE_WAITS) {
        trace->fate = fate_at_end(trace);
    } else if (trace->fate == FATE_COMPLETED && !trace->own_given) {
        trace->fate = trace->own_left ? FATE_UNDECIDED : FATE_FORBIDDEN;
    }
    return true;
}
