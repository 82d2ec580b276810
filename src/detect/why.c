#include "detect/why.h"

#include "detect/detect.h"
#include "detect/hit_maker.h"
#include "detect/match_documents.h"
#include "plan/stage_cases.h"

typedef struct Why {
    const WhyQuestion *question;
    const QueryPlan *query;
    InputSet *input;
    Arena *arena;
    WhyReport *report;
    HitMaker *maker;
    WhyEvent *event;  /* the one that is followed */
    Hit own;          /* where it stands among the hits, if it has a time */
    bool is_past;     /* the hits are behind it */
    Lineage *lineage; /* NULL: the query asks for none */
    Matcher *matcher;
} Why;

static uint32_t stage_index(const QueryPlan *query, uint16_t stage)
{
    return stage == HIT_UNTIL ? query->stage_count : stage;
}

/* The distinct key tuples of a hit; how many. */
static uint32_t keys_of(const Why *why, const Hit *hit, Arena *arena, Str **keys)
{
    *keys = ARENA_MANY(arena, Str, hit->key_tuples + 1u);
    if (why->query->kind == QUERY_SAMPLE) {
        (*keys)[0] = hit_sample_key(hit);
        return 1;
    }
    return hit_split_keys(hit, why->query->key_count, arena, *keys);
}

static void take_found(void *context, const EventPlace *place, bool is_inside)
{
    Why *why = context;
    if (why->report->events.count == WHY_MAX_EVENTS) {
        why->report->more++;
        return;
    }
    WhyEvent event = {.place = *place, .is_inside = is_inside};
    ARRAY_PUSH(why->arena, &why->report->events, event);
}

/* --- the event by itself --- */

static const JoinKey *missing_key(Why *why, const Stage *stage)
{
    for (uint32_t i = 0; i < why->query->key_count; i++) {
        const JoinKey *key = &stage->keys[i];
        if (!key->optional &&
            hit_maker_key_values(why->maker, why->report->evaluator, key).count == 0) {
            return key;
        }
    }
    return NULL;
}

static void judge_stage(Why *why, const Stage *stage, WhyStage *out)
{
    RowEvaluator *evaluator = why->report->evaluator;
    *out = (WhyStage){.fits = row_evaluator_holds(evaluator, stage->condition),
                      .missing_key = missing_key(why, stage)};
    out->by_lineage = !out->fits && row_evaluator_holds(evaluator, stage->node);
}

static void judge_stages(Why *why, WhyEvent *event)
{
    const QueryPlan *query = why->query;
    row_evaluator_set_lineage(why->report->evaluator, &event->facts);
    for (uint32_t i = 0; i < query->stage_count; i++) {
        judge_stage(why, &query->stages[i], &event->stages[i]);
    }
    if (query->until != NULL) {
        judge_stage(why, query->until, &event->stages[query->stage_count]);
    }
}

static void add_key(WhyEvent *event, Arena *arena, Str key, uint32_t stages)
{
    for (uint32_t i = 0; i < event->key_count; i++) {
        if (str_equal(event->keys[i].key, key)) {
            return;
        }
    }
    if (event->key_count == WHY_MAX_KEYS) {
        event->keys_cut++;
        return;
    }
    event->keys[event->key_count++] = (WhyKey){
        .key = str_copy(arena, key), .stage_hits = ARENA_MANY(arena, uint64_t, stages + 1)};
}

static bool take_own_hit(void *context, const Hit *hit, uint32_t row, Err *err)
{
    (void)row;
    (void)err;
    Why *why = context;
    if (hit->query != why->question->query || hit_is_of_lineage(hit)) {
        return true;
    }
    why->event->has_time = true;
    why->event->time = hit->time;
    Arena *scratch = arena_new();
    Str *keys;
    uint32_t count = keys_of(why, hit, scratch, &keys);
    for (uint32_t i = 0; i < count; i++) {
        add_key(why->event, why->arena, keys[i], why->query->stage_count);
    }
    arena_free(scratch);
    return true;
}

static bool read_event(Why *why, WhyEvent *event, Err *err)
{
    const QueryPlan *query = why->query;
    why->event = event;
    if (!detect_recall(why->input, &event->place, why->question->options->index, why->arena,
                       &event->document, err)) {
        return false;
    }
    row_evaluator_set(why->report->evaluator, &event->document);
    event->stages = ARENA_MANY(why->arena, WhyStage, (size_t)query->stage_count + 1);
    event->source_hits = ARENA_MANY(why->arena, uint64_t, query->lineage.source_count);
    event->keys = ARENA_MANY(why->arena, WhyKey, WHY_MAX_KEYS);
    RowEvaluator *evaluator = why->report->evaluator;
    if (!hit_maker_document(why->maker, &event->place, evaluator, take_own_hit, why, err)) {
        return false;
    }
    /* Without a time it comes before or after nothing. */
    why->is_past =
        !hit_maker_position(why->maker, &event->place, evaluator, why->question->query, &why->own);
    return true;
}

/* --- the event among the others --- */

static bool is_place(const EventPlace *a, const EventPlace *b)
{
    return a->input == b->input && a->offset == b->offset;
}

/* Whether the event that is followed is in it. */
static bool is_in(void *context, const Match *match)
{
    const Why *why = context;
    bool found = false;
    for (uint32_t i = 0; i < match->event_count && match->query == why->question->query; i++) {
        const SequenceEvent *one = &match->events[i];
        found = found || (!one->missing && is_place(&one->place, &why->event->place));
    }
    return found;
}

static bool take_match(void *context, const Match *match, Err *err)
{
    (void)err;
    Why *why = context;
    WhyEvent *event = why->event;
    if (is_in(why, match) && event->matches++ == 0) {
        event->match_count = match->event_count;
        event->match = ARENA_MANY(why->arena, SequenceEvent, match->event_count);
        memcpy(event->match, match->events, match->event_count * sizeof *match->events);
    }
    return true;
}

static void count_keys(Why *why, const Hit *hit)
{
    Arena *scratch = arena_new();
    Str *keys;
    uint32_t count = keys_of(why, hit, scratch, &keys);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t own = 0; own < why->event->key_count; own++) {
            WhyKey *key = &why->event->keys[own];
            key->stage_hits[stage_index(why->query, hit->stage)] += str_equal(keys[i], key->key);
        }
    }
    arena_free(scratch);
}

static void pass_event(Why *why)
{
    if (why->lineage != NULL && !why->is_past) {
        why->event->facts = lineage_facts(why->lineage, why->own.process, why->own.parent);
    }
    why->is_past = true;
}

static void count_source(const Why *why, const Hit *hit)
{
    if (why->is_past || !hit_is_of_lineage(hit) || hit->stage == HIT_LINK) {
        return;
    }
    const Stage *source = hit_stage(why->query, hit->stage);
    LineageFacts facts = lineage_facts(why->lineage, hit->process, hit->parent);
    bool fits = source->leaf_count == 0 || hit->cases >> stage_case(source, &facts) & 1;
    why->event->source_hits[hit->stage - HIT_SOURCE] += fits;
}

/* True for a stage's hit that is one. */
static bool learn(Why *why, const Hit *hit)
{
    if (!why->is_past && hit_compare(hit, &why->own) > 0) {
        pass_event(why);
    }
    count_source(why, hit);
    return why->lineage == NULL || lineage_takes(why->lineage, hit);
}

static bool offer(void *context, const Hit *hit, Err *err)
{
    Why *why = context;
    if (hit->query != why->question->query) {
        return true;
    }
    if (learn(why, hit)) {
        count_keys(why, hit);
        if (why->event->trace != NULL && !sequence_trace_offer(why->event->trace, hit, err)) {
            return false;
        }
    }
    return matcher_offer(why->matcher, hit, take_match, why, err);
}

static void start_trace(Why *why)
{
    WhyEvent *event = why->event;
    Str *keys = ARENA_MANY(why->arena, Str, event->key_count);
    for (uint32_t i = 0; i < event->key_count; i++) {
        keys[i] = event->keys[i].key;
    }
    if (why->query->kind == QUERY_SEQUENCE && event->key_count > 0) {
        event->trace =
            sequence_trace_new(why->arena, why->query, &event->place, keys, event->key_count);
    }
}

static bool follow_event(Why *why, WhyEvent *event, const ScanHits *hits, Err *err)
{
    const int64_t *latest = hits->matcher.latest;
    int64_t end = latest == NULL ? SEQUENCE_OVER : latest[why->question->query];
    MatcherOptions options = hits->matcher;
    PipesWatch watch = {.is_watched = is_in, .context = why};
    options.watch = &watch;
    why->event = event;
    why->matcher = matcher_new(why->question->plan, &options);
    why->lineage = why->query->lineage.source_count == 0 ? NULL : lineage_new(why->query);
    start_trace(why);
    bool done = hit_sorter_merge(hits->sorters, hits->sorter_count, offer, why, err) &&
                matcher_finish(why->matcher, take_match, why, err);
    done = done && (event->trace == NULL || sequence_trace_finish(event->trace, end, err));
    pass_event(why);
    lineage_free(why->lineage);
    matcher_free(why->matcher);
    event->cut_is_known = watch.reached;
    event->cut_by = watch.pipe;
    return done;
}

/* Of an event that fits, and should be in a match but is not. */
static WhyVerdict withheld(const Why *why)
{
    bool cuts = why->query->pipe_count > 0 || why->question->options->matcher.has_size;
    return cuts ? WHY_CUT : WHY_EVICTED;
}

static WhyVerdict verdict_of(const Why *why, const WhyEvent *event)
{
    const QueryPlan *query = why->query;
    bool fits = false;
    bool keyed = false;
    for (uint32_t i = 0; i <= query->stage_count; i++) {
        fits = fits || event->stages[i].fits;
        keyed = keyed || (event->stages[i].fits && event->stages[i].missing_key == NULL);
    }
    if (event->matches > 0) {
        return WHY_MATCHED;
    }
    if (!event->is_inside) {
        return WHY_OUTSIDE;
    }
    if (!fits) {
        return WHY_FITS_NOT;
    }
    if (!keyed) {
        return WHY_NO_KEY;
    }
    if (!event->has_time) {
        return WHY_NO_TIME;
    }
    bool complete = event->trace != NULL && event->trace->fate == FATE_COMPLETED;
    return complete || query->kind == QUERY_EVENT ? withheld(why) : WHY_UNFINISHED;
}

static bool take_hits(void *context, const ScanHits *hits, Err *err)
{
    Why *why = context;
    why->maker = hit_maker_new(why->question->plan);
    bool done = true;
    for (uint32_t i = 0; i < why->report->events.count && done; i++) {
        WhyEvent *event = &why->report->events.items[i];
        done = read_event(why, event, err) && follow_event(why, event, hits, err);
        if (done) {
            judge_stages(why, event);
            event->verdict = verdict_of(why, event);
        }
    }
    hit_maker_free(why->maker);
    return done;
}

bool why_run(const WhyQuestion *question, InputSet *input, Arena *arena, WhyReport *report,
             ScanStats *stats, Err *err)
{
    *report = (WhyReport){
        .plan = question->plan,
        .query = question->query,
        .evaluator = row_evaluator_new(arena, question->plan),
    };
    Why why = {
        .question = question,
        .query = &question->plan->queries[question->query],
        .input = input,
        .arena = arena,
        .report = report,
    };
    ScanOptions options = *question->options;
    options.take_hits = take_hits;
    options.found = take_found;
    options.find_id = question->id;
    options.take_context = &why;
    return scan_run(question->plan, input, &options, stats, err);
}

void why_report_done(WhyReport *report)
{
    for (uint32_t i = 0; i < report->events.count; i++) {
        sequence_trace_free(report->events.items[i].trace);
    }
    row_evaluator_free(report->evaluator);
}
