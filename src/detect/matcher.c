#include "detect/matcher.h"

#include "detect/finder_plain.h"
#include "detect/pipes_plain.h"
#include "match/lineage.h"
#include "match/lineage_plain.h"
#include "match/sample.h"
#include "match/sample_plain.h"
#include "match/sequence_plain.h"
#include "match/shares.h"

typedef struct QueryState {
    const QueryPlan *plan;
    SequenceRun *run;            /* of a sequence query; */
    SequencePlain *plain;        /* or its twin */
    SampleRun *sample;           /* of a sample query; */
    SamplePlain *sample_plain;   /* or its twin */
    Lineage *lineage;            /* of a query with sources; */
    LineagePlain *lineage_plain; /* or its twin */
    Finder *finder;              /* of a query with a finding; */
    FinderPlain *finder_plain;   /* or its twin */
    Pipes *pipes;
    int64_t end; /* when the hits are over, by the query's clock */
    uint64_t undecided;
    PipesPlain *pipes_plain; /* their twin; NULL: the fast ones */
    bool finished;
} QueryState;

struct Matcher {
    Arena *arena;
    QueryState *queries;
    uint32_t query_count;
    Shares *shares;     /* what each query remembers */
    PipeValues *values; /* NULL when no pipe asks any */
    uint32_t sampling;  /* the sample query whose hits come now; NO_QUERY before the first */
};

#define NO_QUERY UINT32_MAX

/* Where matches of one query go. */
typedef struct Flow {
    Matcher *matcher;
    QueryState *state;
    uint32_t query;
    PipesEnd end;
} Flow;

static void start_pipes(Matcher *matcher, const PlanSet *plan, uint32_t query,
                        const MatcherOptions *options)
{
    QueryState *state = &matcher->queries[query];
    PipesOptions wanted = {.query = query,
                           .has_size = options->has_size,
                           /* samples end at their size */
                           .at_tail = !options->head && state->plan->kind != QUERY_SAMPLE,
                           .size = options->size,
                           .values = matcher->values,
                           .watch = options->watch};
    if (options->plain) {
        state->pipes_plain = pipes_plain_new(matcher->arena, plan, &wanted, &options->documents);
    } else {
        state->pipes = pipes_new(matcher->arena, state->plan, &wanted);
    }
}

static void start_lineage(QueryState *state, const MatcherOptions *options)
{
    if (state->plan->lineage.source_count == 0) {
        return;
    }
    if (options->plain) {
        state->lineage_plain = lineage_plain_new(state->plan);
    } else {
        state->lineage = lineage_new(state->plan);
    }
}

static void start_finder(QueryState *state, const PlanSet *plan, uint32_t query,
                         const MatcherOptions *options)
{
    FinderOptions wanted = {.plan = plan,
                            .query = query,
                            .has_since = options->has_since,
                            .since_ns = options->since_ns};
    if (state->plan->finding.kind == FINDING_EVENTS) {
        return;
    }
    if (options->plain) {
        state->finder_plain = finder_plain_new(&wanted, &options->documents);
    } else {
        state->finder = finder_new(&wanted);
    }
}

static void start_query(QueryState *state, const MatcherOptions *options)
{
    start_lineage(state, options);
    uint64_t samples = options->max_samples_per_key != 0 ? options->max_samples_per_key : 1;
    switch (state->plan->kind) {
    case QUERY_EVENT: return;
    case QUERY_SEQUENCE:
        if (options->plain) {
            state->plain = sequence_plain_new(state->plan, &options->limits);
        } else {
            state->run = sequence_run_new(state->plan, &options->limits);
        }
        return;
    case QUERY_SAMPLE:
        if (options->plain) {
            state->sample_plain = sample_plain_new(state->plan, samples);
        } else {
            state->sample = sample_run_new(state->plan, samples);
        }
        return;
    }
}

Matcher *matcher_new(const PlanSet *plan, const MatcherOptions *options)
{
    assert(options->wait_at_end == (options->latest != NULL));
    Arena *arena = arena_new();
    Matcher *matcher = ARENA_NEW(arena, Matcher);
    *matcher = (Matcher){
        .arena = arena,
        .queries = ARENA_MANY(arena, QueryState, plan->query_count),
        .query_count = plan->query_count,
        .sampling = NO_QUERY,
        .shares = shares_new(arena, plan->query_count,
                             options->budget != 0 ? options->budget : MATCHER_BUDGET),
    };
    if (plan->pipes != NULL && !options->plain) {
        matcher->values = pipe_values_new(arena, plan, &options->documents);
    }
    for (uint32_t i = 0; i < plan->query_count; i++) {
        matcher->queries[i].plan = &plan->queries[i];
        matcher->queries[i].end = options->latest == NULL ? SEQUENCE_OVER : options->latest[i];
        start_pipes(matcher, plan, i, options);
        start_query(&matcher->queries[i], options);
        start_finder(&matcher->queries[i], plan, i, options);
    }
    return matcher;
}

void matcher_free(Matcher *matcher)
{
    if (matcher == NULL) {
        return;
    }
    for (uint32_t i = 0; i < matcher->query_count; i++) {
        QueryState *state = &matcher->queries[i];
        sequence_run_free(state->run);
        sequence_plain_free(state->plain);
        sample_run_free(state->sample);
        sample_plain_free(state->sample_plain);
        lineage_free(state->lineage);
        lineage_plain_free(state->lineage_plain);
        finder_free(state->finder);
        finder_plain_free(state->finder_plain);
        pipes_free(state->pipes);
        pipes_plain_free(state->pipes_plain);
    }
    pipe_values_free(matcher->values);
    arena_free(matcher->arena);
}

/* --- the budget --- */

static size_t run_bytes(const QueryState *state)
{
    return state->run != NULL ? sequence_run_bytes(state->run) : 0;
}

static size_t known_bytes(const QueryState *state)
{
    return state->lineage != NULL ? lineage_bytes(state->lineage) : 0;
}

static size_t held_bytes(const QueryState *state)
{
    return state->pipes != NULL ? pipes_bytes(state->pipes) : 0;
}

static size_t found_bytes(const QueryState *state)
{
    return state->finder != NULL ? finder_bytes(state->finder) : 0;
}

static size_t state_bytes(const QueryState *state)
{
    return run_bytes(state) + held_bytes(state) + known_bytes(state) + found_bytes(state);
}

/* What holds most. */
static bool give_way(QueryState *state)
{
    size_t pipes = held_bytes(state);
    size_t run = run_bytes(state);
    size_t known = known_bytes(state);
    if (found_bytes(state) > pipes) { /* its query has nothing else */
        return finder_give_way(state->finder);
    }
    if (known > pipes && known > run) {
        return lineage_evict(state->lineage);
    }
    return pipes > run ? pipes_give_way(state->pipes)
                       : state->run != NULL && sequence_run_evict(state->run);
}

/* After a query has taken a hit. */
static void keep_budget(Matcher *matcher, uint32_t query)
{
    const QueryState *state = &matcher->queries[query];
    shares_set(matcher->shares, query, state_bytes(state));
    while (shares_exceeded(matcher->shares)) {
        uint32_t largest = shares_largest(matcher->shares);
        QueryState *of = &matcher->queries[largest];
        bool gave = give_way(of);
        assert(gave); /* who holds nothing is not the largest */
        shares_set(matcher->shares, largest, state_bytes(of));
    }
}

/* --- the flow of matches --- */

static bool pass(const Flow *flow, const Match *match, Err *err)
{
    const QueryState *state = flow->state;
    return state->pipes_plain != NULL ? pipes_plain_take(state->pipes_plain, match, &flow->end, err)
                                      : pipes_take(state->pipes, match, &flow->end, err);
}

static bool finish_pipes(const Flow *flow, Err *err)
{
    const QueryState *state = flow->state;
    return state->pipes_plain != NULL ? pipes_plain_finish(state->pipes_plain, &flow->end, err)
                                      : pipes_finish(state->pipes, &flow->end, err);
}

/* Whether nothing that comes can get out any more. */
static bool is_over(const QueryState *state)
{
    return state->pipes_plain != NULL ? pipes_plain_are_over(state->pipes_plain)
                                      : pipes_are_over(state->pipes);
}

static bool take_sequence(void *context, const SequenceMatch *found, Err *err)
{
    const Flow *flow = context;
    Match match = {.query = flow->query,
                   .events = found->events,
                   .event_count = found->event_count,
                   .key = found->key};
    return pass(flow, &match, err);
}

static bool finish_sequences(Flow *flow, Err *err)
{
    QueryState *state = flow->state;
    bool ok;
    uint64_t undecided;
    if (state->run != NULL) {
        ok = sequence_run_finish_at(state->run, state->end, take_sequence, flow, err);
        undecided = sequence_run_stats(state->run).undecided;
    } else {
        ok = sequence_plain_finish_at(state->plain, state->end, take_sequence, NULL, flow, err);
        undecided = sequence_plain_undecided(state->plain);
    }
    /* Where nothing can get past a head any more, nobody waits for them. */
    state->undecided = is_over(state) ? 0 : undecided;
    return ok;
}

static bool take_found(void *context, const Match *match, Err *err)
{
    return pass(context, match, err);
}

static bool finish_finder(Flow *flow, Err *err)
{
    const QueryState *state = flow->state;
    FinderEnd end = {take_found, flow};
    return state->finder != NULL ? finder_finish(state->finder, &end, err)
                                 : finder_plain_finish(state->finder_plain, &end, err);
}

static bool finish_query(Flow *flow, Err *err)
{
    QueryState *state = flow->state;
    bool ok = true;
    if (state->plan->kind == QUERY_SEQUENCE) {
        ok = finish_sequences(flow, err);
    } else if (state->sample != NULL) {
        ok = sample_run_finish(state->sample, take_sequence, flow, err);
    } else if (state->sample_plain != NULL) {
        ok = sample_plain_finish(state->sample_plain, take_sequence, flow, err);
    } else if (state->plan->finding.kind != FINDING_EVENTS) {
        ok = finish_finder(flow, err);
    }
    state->finished = true;
    return ok && finish_pipes(flow, err);
}

/* Queries of one kind, samples or not, below `end`. */
static bool finish_all(const Flow *flow, bool samples, uint32_t end, Err *err)
{
    Matcher *matcher = flow->matcher;
    Flow other = *flow;
    bool ok = true;
    for (uint32_t i = 0; i < matcher->query_count && i < end && ok; i++) {
        other.query = i;
        other.state = &matcher->queries[i];
        if ((other.state->plan->kind == QUERY_SAMPLE) == samples && !other.state->finished) {
            ok = finish_query(&other, err);
            keep_budget(matcher, i);
        }
    }
    return ok;
}

/* The first hit of a sample query, and the end, say that what came before is over: first the queries that are no samples,
 * then one sample query after another, those without a hit among them. */
static bool turn_to(const Flow *flow, uint32_t sampling, Err *err)
{
    flow->matcher->sampling = sampling;
    return finish_all(flow, false, NO_QUERY, err) && finish_all(flow, true, sampling, err);
}

static bool offer_sample(Flow *flow, const Hit *hit, Err *err)
{
    if (flow->matcher->sampling != flow->query && !turn_to(flow, flow->query, err)) {
        return false;
    }
    if (is_over(flow->state)) {
        return true;
    }
    if (flow->state->sample_plain != NULL) {
        sample_plain_offer(flow->state->sample_plain, hit);
        return true;
    }
    return sample_run_offer(flow->state->sample, hit, take_sequence, flow, err);
}

static bool offer(Flow *flow, const Hit *hit, Err *err)
{
    const QueryState *state = flow->state;
    if (state->run != NULL) {
        return sequence_run_offer(state->run, hit, take_sequence, flow, err);
    }
    if (state->plain != NULL) {
        return sequence_plain_offer(state->plain, hit, take_sequence, flow, err);
    }
    FinderEnd end = {take_found, flow};
    if (state->finder != NULL) {
        return finder_offer(state->finder, hit, &end, err);
    }
    if (state->finder_plain != NULL) {
        return finder_plain_offer(state->finder_plain, hit, &end, err);
    }
    SequenceEvent event = {.place = hit->place, .time = hit->time};
    Match match = {.query = hit->query, .events = &event, .event_count = 1, .carried = hit->keys};
    return pass(flow, &match, err);
}

/* True when the hit is one of a stage, and lineage does not speak against it. */
static bool is_taken(QueryState *state, const Hit *hit)
{
    if (state->lineage != NULL) {
        return lineage_takes(state->lineage, hit);
    }
    return state->lineage_plain == NULL || lineage_plain_takes(state->lineage_plain, hit);
}

bool matcher_offer(Matcher *matcher, const Hit *hit, MatcherTake *take, void *context, Err *err)
{
    assert(hit->query < matcher->query_count);
    QueryState *state = &matcher->queries[hit->query];
    Flow flow = {matcher, state, hit->query, {take, context}};
    if (state->plan->kind == QUERY_SAMPLE) {
        return offer_sample(&flow, hit, err);
    }
    if (is_over(state)) {
        return true;
    }
    bool ok = !is_taken(state, hit) || offer(&flow, hit, err);
    keep_budget(matcher, hit->query);
    return ok;
}

void matcher_expect(Matcher *matcher, const Hit *hit)
{
    SequenceRun *run = matcher->queries[hit->query].run;
    if (run != NULL && !hit_is_of_lineage(hit)) {
        sequence_run_expect(run, hit);
    }
}

bool matcher_finish(Matcher *matcher, MatcherTake *take, void *context, Err *err)
{
    Flow flow = {.matcher = matcher, .end = {take, context}};
    return turn_to(&flow, NO_QUERY, err);
}

uint64_t matcher_evicted(const Matcher *matcher)
{
    uint64_t evicted = 0;
    for (uint32_t i = 0; i < matcher->query_count; i++) {
        const QueryState *state = &matcher->queries[i];
        evicted += state->run != NULL ? sequence_run_evicted(state->run) : 0;
        evicted += state->plain != NULL ? sequence_plain_evicted(state->plain) : 0;
    }
    return evicted;
}

uint64_t matcher_undecided(const Matcher *matcher)
{
    uint64_t undecided = 0;
    for (uint32_t i = 0; i < matcher->query_count; i++) {
        undecided += matcher->queries[i].undecided;
    }
    return undecided;
}

uint64_t matcher_processes_evicted(const Matcher *matcher)
{
    uint64_t evicted = 0;
    for (uint32_t i = 0; i < matcher->query_count; i++) {
        evicted += matcher_lineage(matcher, i).evicted;
    }
    return evicted;
}

PipeCount matcher_pipe(const Matcher *matcher, uint32_t query, uint32_t pipe)
{
    const Pipes *pipes = matcher->queries[query].pipes;
    return pipes == NULL ? (PipeCount){0} : pipes_count(pipes, pipe);
}

FinderStats matcher_finders(const Matcher *matcher)
{
    FinderStats all = {0};
    for (uint32_t i = 0; i < matcher->query_count; i++) {
        const Finder *finder = matcher->queries[i].finder;
        FinderStats of = finder != NULL ? finder_stats(finder) : (FinderStats){0};
        all.events_lost += of.events_lost;
        all.terms_lost += of.terms_lost;
        all.indicators_lost += of.indicators_lost;
        all.cut += of.cut;
    }
    return all;
}

PipesStats matcher_pipes(const Matcher *matcher)
{
    PipesStats all = {0};
    for (uint32_t i = 0; i < matcher->query_count; i++) {
        const Pipes *pipes = matcher->queries[i].pipes;
        PipesStats of = pipes != NULL ? pipes_stats(pipes) : (PipesStats){0};
        all.tail_cut += of.tail_cut;
        all.others += of.others;
        all.unfollowed += of.unfollowed;
    }
    return all;
}

uint64_t matcher_combinations_cut(const Matcher *matcher)
{
    uint64_t cut = matcher->values == NULL ? 0 : pipe_values_combinations_cut(matcher->values);
    for (uint32_t i = 0; i < matcher->query_count; i++) {
        const PipesPlain *plain = matcher->queries[i].pipes_plain;
        cut += plain == NULL ? 0 : pipes_plain_combinations_cut(plain);
    }
    return cut;
}

SequenceStats matcher_sequences(const Matcher *matcher, uint32_t query)
{
    const SequenceRun *run = matcher->queries[query].run;
    return run == NULL ? (SequenceStats){0} : sequence_run_stats(run);
}

LineageStats matcher_lineage(const Matcher *matcher, uint32_t query)
{
    const Lineage *lineage = matcher->queries[query].lineage;
    return lineage == NULL ? (LineageStats){0} : lineage_stats(lineage);
}
