#include "twin.h"

#include "base/timestamp.h"
#include "detect/event_clock.h"
#include "detect/hit_maker.h"
#include "detect/matcher.h"
#include "detect/pipe_tuple.h"
#include "event/document.h"
#include "exec/evaluator.h"
#include "exec/row_evaluator.h"
#include "ingest/event_reader.h"
#include "match/hit_sieve.h"

#define ROOMY ((size_t)64 << 20)

/* Hits go to two sorters in turn, as if two workers had found them. */
typedef struct State {
    const TwinRun *run;
    TwinWay way;
    Arena *arena; /* of the results */
    TwinResults *results;
    HitMaker *maker;
    HeldHits *held; /* by columns */
    EventClock *clock;
    HitSorter *sorters[2];
    uint32_t turn;
} State;

const char *twin_way_name(TwinWay way)
{
    static const char *const NAMES[] = {"by columns", "by columns with small bounds", "by rows"};
    return NAMES[way];
}

Str twin_event(Arena *arena, Str text)
{
    char *copy = ARENA_MANY(arena, char, text.len + EVENT_READER_PADDING);
    if (text.len != 0) {
        memcpy(copy, text.ptr, text.len);
    }
    return (Str){copy, text.len};
}

static EventPlace place_of(const State *state, uint32_t row)
{
    return (EventPlace){
        .len = (uint32_t)state->run->events[row].len, .offset = row, .line = row + 1};
}

static bool take_hit(void *context, const Hit *hit, uint32_t row, Err *err)
{
    (void)row;
    State *state = context;
    return hit_sorter_add(state->sorters[state->turn++ % 2], hit, err);
}

static bool judge_batch(State *state, Batch *batch, Evaluator *evaluator, Err *err)
{
    batch_encode(batch);
    evaluator_run(evaluator, batch, NULL);
    Arena *scratch = arena_new();
    event_clock_batch(state->clock, batch, NULL, scratch);
    arena_free(scratch);
    bool ok = hit_maker_batch(state->maker, batch, evaluator, take_hit, state, err);
    batch_clear(batch);
    return ok;
}

static bool read_columns(State *state, EventReader *reader, Batch *batch, Evaluator *evaluator,
                         Err *err)
{
    const TwinRun *run = state->run;
    uint32_t most = run->batch_rows != 0 ? run->batch_rows : BATCH_ROWS;
    for (uint32_t row = 0; row < run->event_count; row++) {
        EventSpans spans;
        if (!event_reader_read(reader, run->events[row], &spans, err)) {
            return err_wrap(err, "event %u", row);
        }
        EventPlace place = place_of(state, row);
        batch_add_row(batch, &place, run->events[row], spans.items, spans.count,
                      (EventNames){spans.index, spans.id});
        bool full = batch_full(batch) || batch_rows(batch) >= most;
        if ((full || row + 1 == run->event_count) && !judge_batch(state, batch, evaluator, err)) {
            return false;
        }
    }
    return true;
}

static bool sift(State *state, Err *err)
{
    if (!held_hits_end(state->held, err)) {
        return false;
    }
    HitSieve *sieve = hit_sieve_new(state->run->plan, &state->held, 1, false, err);
    bool ok = sieve != NULL && hit_sieve_sift(sieve, state->held, state->sorters[0], err);
    hit_sieve_free(sieve);
    return ok;
}

static bool by_columns(State *state, Err *err)
{
    const PlanSet *plan = state->run->plan;
    EventReader *reader = event_reader_new(plan->fields, &(EventReaderOptions){0});
    Batch *batch = batch_new(plan->fields, state->way == TWIN_SMALL ? 1 : ROOMY);
    EvaluatorShared *shared = evaluator_shared_new(plan);
    Evaluator *evaluator = evaluator_new(shared);
    state->held = held_hits_new(plan, state->way == TWIN_SMALL ? 0 : ROOMY, 0);
    hit_maker_hold(state->maker, state->held);
    bool ok = read_columns(state, reader, batch, evaluator, err) && sift(state, err);
    held_hits_free(state->held);
    evaluator_free(evaluator);
    evaluator_shared_free(shared);
    batch_free(batch);
    event_reader_free(reader);
    return ok;
}

static bool by_rows(State *state, Err *err)
{
    Arena *plan_arena = arena_new();
    Arena *event_arena = arena_new();
    RowEvaluator *evaluator = row_evaluator_new(plan_arena, state->run->plan);
    bool ok = true;
    for (uint32_t row = 0; row < state->run->event_count && ok; row++) {
        Document document;
        arena_reset(event_arena);
        if (!document_parse(event_arena, state->run->events[row], &document, err)) {
            ok = err_wrap(err, "event %u", row);
            break;
        }
        row_evaluator_set(evaluator, &document);
        event_clock_document(state->clock, &document, event_arena);
        EventPlace place = place_of(state, row);
        ok = hit_maker_document(state->maker, &place, evaluator, take_hit, state, err);
    }
    row_evaluator_free(evaluator);
    arena_free(event_arena);
    arena_free(plan_arena);
    return ok;
}

static bool take_match(void *context, const Match *match, Err *err)
{
    (void)err;
    State *state = context;
    uint32_t *rows = ARENA_MANY(state->arena, uint32_t, match->event_count);
    for (uint32_t i = 0; i < match->event_count; i++) {
        const SequenceEvent *event = &match->events[i];
        rows[i] = event->missing ? TWIN_MISSING : (uint32_t)event->place.offset;
    }
    TwinResult result = {.query = match->query,
                         .rows = rows,
                         .row_count = match->event_count,
                         .key = str_copy(state->arena, match->key),
                         .counted = match->counted,
                         .count = match->count,
                         .total = match->total,
                         .tuple = str_copy(state->arena, match->tuple)};
    ARRAY_PUSH(state->arena, &state->results->list, result);
    return true;
}

typedef struct Offer {
    Matcher *matcher;
    State *state;
} Offer;

static bool offer_hit(void *context, const Hit *hit, Err *err)
{
    Offer *offer = context;
    return matcher_offer(offer->matcher, hit, take_match, offer->state, err);
}

static bool read_document(void *context, const EventPlace *place, Arena *arena, Document *out,
                          Err *err)
{
    const State *state = context;
    return document_parse(arena, state->run->events[place->offset], out, err);
}

static bool match_all(State *state, Err *err)
{
    MatcherOptions options = {
        .plain = state->way == TWIN_ROWS,
        .has_size = state->run->has_size,
        .head = state->run->head,
        .size = state->run->size,
        .max_samples_per_key = state->run->max_samples_per_key,
        .wait_at_end = state->run->wait_at_end,
        .latest = state->run->wait_at_end ? event_clock_latest(state->clock) : NULL,
        .documents = {read_document, state},
    };
    Offer offer = {matcher_new(state->run->plan, &options), state};
    bool ok = hit_sorter_merge(state->sorters, 2, offer_hit, &offer, err) &&
              matcher_finish(offer.matcher, take_match, state, err);
    state->results->undecided = matcher_undecided(offer.matcher);
    matcher_free(offer.matcher);
    return ok;
}

bool twin_run(Arena *arena, const TwinRun *run, TwinWay way, TwinResults *out, Err *err)
{
    *out = (TwinResults){0};
    size_t budget = way == TWIN_SMALL ? 0 : ROOMY;
    State state = {
        .run = run,
        .way = way,
        .arena = arena,
        .results = out,
        .maker = hit_maker_new(run->plan),
        .clock = event_clock_new(arena, run->plan),
        .sorters = {hit_sorter_new(budget), hit_sorter_new(budget)},
    };
    bool ok = (way == TWIN_ROWS ? by_rows(&state, err) : by_columns(&state, err)) &&
              match_all(&state, err);
    hit_sorter_free(state.sorters[0]);
    hit_sorter_free(state.sorters[1]);
    hit_maker_free(state.maker);
    return ok;
}

void twin_write_value(JsonWriter *writer, const Value *value)
{
    char text[TIMESTAMP_TEXT];
    switch (value->kind) {
    case VALUE_NULL: json_null(writer); return;
    case VALUE_BOOL: json_bool(writer, value->boolean); return;
    case VALUE_INT: json_i64(writer, value->integer); return;
    case VALUE_DOUBLE: json_double(writer, value->number); return;
    case VALUE_DATE: json_string(writer, timestamp_print(value->integer, 3, text)); return;
    case VALUE_STRING: json_string(writer, value->text); return;
    }
}

static void write_set(JsonWriter *writer, const Values *values)
{
    if (values->count != 1) {
        json_begin_array(writer);
    }
    for (uint32_t i = 0; i < values->count; i++) {
        twin_write_value(writer, &values->items[i]);
    }
    if (values->count != 1) {
        json_end_array(writer);
    }
}

void twin_append_counted(Buffer *out, Arena *arena, const TwinResult *result)
{
    JsonWriter writer = {.out = out};
    buffer_append_format(out, "%llu", (unsigned long long)result->count);
    if (result->total > 0) {
        buffer_append_format(out, " of %llu", (unsigned long long)result->total);
    }
    if (result->tuple.len > 0) {
        buffer_append_byte(out, ' ');
        json_begin_array(&writer);
    }
    for (Str rest = result->tuple; rest.len > 0;) {
        Values values = pipe_tuple_next(arena, &rest);
        write_set(&writer, &values);
    }
    if (result->tuple.len > 0) {
        json_end_array(&writer);
    }
}

bool twin_equal(const TwinResults *a, const TwinResults *b)
{
    if (a->list.count != b->list.count || a->undecided != b->undecided) {
        return false;
    }
    for (uint32_t i = 0; i < a->list.count; i++) {
        const TwinResult *one = &a->list.items[i];
        const TwinResult *other = &b->list.items[i];
        if (one->query != other->query || one->row_count != other->row_count ||
            memcmp(one->rows, other->rows, one->row_count * sizeof *one->rows) != 0 ||
            !str_equal(one->key, other->key) || one->counted != other->counted ||
            one->count != other->count || one->total != other->total ||
            !str_equal(one->tuple, other->tuple)) {
            return false;
        }
    }
    return true;
}
