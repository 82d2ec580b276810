#include "detect/matcher.h"

#include "match/sample.h"
#include "match/sample_plain.h"
#include "match/sequence_plain.h"
#include "match/shares.h"

/* A match that a tail holds back; its key's bytes stand behind its events. */
typedef struct Kept {
    uint32_t event_count;
    size_t key_len;
    SequenceEvent events[];
} Kept;

/* `head N` or `tail N`; the request's size is one in front of the query's own. */
typedef struct Cut {
    bool tail;
    uint64_t count;
    uint64_t passed; /* head: how many it let through */
    Kept **kept;     /* tail: a ring */
    size_t kept_count, kept_first, kept_capacity;
} Cut;

typedef struct QueryState {
    const QueryPlan *plan;
    SequenceRun *run;          /* of a sequence query; */
    SequencePlain *plain;      /* or its twin */
    SampleRun *sample;         /* of a sample query; */
    SamplePlain *sample_plain; /* or its twin */
    Cut *cuts;
    uint32_t cut_count;
    size_t kept_bytes; /* of all tails */
    uint64_t tail_cut;
} QueryState;

struct Matcher {
    Arena *arena;
    QueryState *queries;
    uint32_t query_count;
    Shares *shares;    /* what each query remembers */
    uint32_t sampling; /* the sample query whose hits come now; NO_QUERY before the first */
};

#define NO_QUERY UINT32_MAX

/* Where matches of one query go. */
typedef struct Flow {
    Matcher *matcher;
    QueryState *state;
    uint32_t query;
    MatcherTake *take;
    void *context;
} Flow;

static void add_cuts(Matcher *matcher, QueryState *state, const MatcherOptions *options)
{
    const QueryPlan *plan = state->plan;
    bool at_tail = !options->head && plan->kind != QUERY_SAMPLE; /* samples end at their size */
    state->cuts = ARENA_MANY(matcher->arena, Cut, plan->pipe_count + 1);
    if (options->has_size) {
        bool tail = plan->pipe_count > 0 ? plan->pipes[0].tail : at_tail;
        state->cuts[state->cut_count++] = (Cut){.tail = tail, .count = options->size};
    }
    for (uint32_t i = 0; i < plan->pipe_count; i++) {
        state->cuts[state->cut_count++] =
            (Cut){.tail = plan->pipes[i].tail, .count = plan->pipes[i].count};
    }
}

static void start_query(QueryState *state, const MatcherOptions *options)
{
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
    for (uint32_t i = 0; i < plan->query_count; i++) {
        matcher->queries[i].plan = &plan->queries[i];
        add_cuts(matcher, &matcher->queries[i], options);
        start_query(&matcher->queries[i], options);
    }
    return matcher;
}

/* With its place in the ring, which may be twice as large as what is in it. */
static size_t kept_bytes(uint32_t event_count, size_t key_len)
{
    return sizeof(Kept) + event_count * sizeof(SequenceEvent) + key_len + 2 * sizeof(Kept *);
}

static Kept *kept_take_first(QueryState *state, Cut *cut)
{
    Kept *kept = cut->kept[cut->kept_first];
    cut->kept_first = (cut->kept_first + 1) % cut->kept_capacity;
    cut->kept_count--;
    state->kept_bytes -= kept_bytes(kept->event_count, kept->key_len);
    return kept;
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
        for (uint32_t cut = 0; cut < state->cut_count; cut++) {
            while (state->cuts[cut].kept_count > 0) {
                free(kept_take_first(state, &state->cuts[cut]));
            }
            free(state->cuts[cut].kept);
        }
    }
    arena_free(matcher->arena);
}

/* --- tail --- */

static Kept *kept_new(const Match *match)
{
    size_t events_size = match->event_count * sizeof *match->events;
    Kept *kept = malloc(sizeof *kept + events_size + match->key.len);
    if (kept == NULL) {
        out_of_memory(sizeof *kept + events_size + match->key.len);
    }
    kept->event_count = match->event_count;
    kept->key_len = match->key.len;
    memcpy(kept->events, match->events, events_size);
    if (match->key.len != 0) {
        memcpy(&kept->events[kept->event_count], match->key.ptr, match->key.len);
    }
    return kept;
}

static void grow_ring(Cut *cut)
{
    size_t capacity = cut->kept_capacity * 2 + 8;
    Kept **ring = calloc(capacity, sizeof(Kept *));
    if (ring == NULL) {
        out_of_memory(capacity * sizeof(Kept *));
    }
    for (size_t i = 0; i < cut->kept_count; i++) {
        ring[i] = cut->kept[(cut->kept_first + i) % cut->kept_capacity];
    }
    free(cut->kept);
    cut->kept = ring;
    cut->kept_first = 0;
    cut->kept_capacity = capacity;
}

static void keep(QueryState *state, Cut *cut, const Match *match)
{
    if (cut->count == 0) {
        return;
    }
    if (cut->kept_count == cut->count) {
        free(kept_take_first(state, cut));
    }
    if (cut->kept_count == cut->kept_capacity) {
        grow_ring(cut);
    }
    cut->kept[(cut->kept_first + cut->kept_count) % cut->kept_capacity] = kept_new(match);
    cut->kept_count++;
    state->kept_bytes += kept_bytes(match->event_count, match->key.len);
}

/* The oldest match of the fullest tail. */
static bool drop_kept(QueryState *state)
{
    Cut *fullest = NULL;
    for (uint32_t i = 0; i < state->cut_count; i++) {
        Cut *cut = &state->cuts[i];
        if (cut->kept_count > (fullest == NULL ? 0 : fullest->kept_count)) {
            fullest = cut;
        }
    }
    if (fullest == NULL) {
        return false;
    }
    free(kept_take_first(state, fullest));
    state->tail_cut++;
    return true;
}

/* --- the budget --- */

static size_t run_bytes(const QueryState *state)
{
    return state->run != NULL ? sequence_run_bytes(state->run) : 0;
}

static bool give_way(QueryState *state)
{
    return state->kept_bytes > run_bytes(state)
               ? drop_kept(state)
               : state->run != NULL && sequence_run_evict(state->run);
}

/* After a query has taken a hit. */
static void keep_budget(Matcher *matcher, uint32_t query)
{
    const QueryState *state = &matcher->queries[query];
    shares_set(matcher->shares, query, run_bytes(state) + state->kept_bytes);
    while (shares_exceeded(matcher->shares)) {
        uint32_t largest = shares_largest(matcher->shares);
        QueryState *of = &matcher->queries[largest];
        bool gave = give_way(of);
        assert(gave); /* who holds nothing is not the largest */
        shares_set(matcher->shares, largest, run_bytes(of) + of->kept_bytes);
    }
}

/* --- the flow of matches --- */

/* Through the cuts from `from` on, to the taker if none holds the match back. */
static bool pass(const Flow *flow, uint32_t from, const Match *match, Err *err)
{
    for (uint32_t i = from; i < flow->state->cut_count; i++) {
        Cut *cut = &flow->state->cuts[i];
        if (cut->tail) {
            keep(flow->state, cut, match);
            return true;
        }
        if (cut->passed == cut->count) {
            return true;
        }
        cut->passed++;
    }
    return flow->take(flow->context, match, err);
}

/* True when nothing that comes can get past a head any more. */
static bool is_over(const QueryState *state)
{
    for (uint32_t i = 0; i < state->cut_count && !state->cuts[i].tail; i++) {
        if (state->cuts[i].passed == state->cuts[i].count) {
            return true;
        }
    }
    return false;
}

static bool take_sequence(void *context, const SequenceMatch *found, Err *err)
{
    const Flow *flow = context;
    Match match = {.query = flow->query,
                   .events = found->events,
                   .event_count = found->event_count,
                   .key = found->key};
    return pass(flow, 0, &match, err);
}

static bool finish_cut(const Flow *flow, uint32_t index, Err *err)
{
    Cut *cut = &flow->state->cuts[index];
    bool ok = true;
    while (ok && cut->kept_count > 0) {
        Kept *kept = kept_take_first(flow->state, cut);
        Match match = {.query = flow->query,
                       .events = kept->events,
                       .event_count = kept->event_count,
                       .key = {(const char *)&kept->events[kept->event_count], kept->key_len}};
        ok = pass(flow, index + 1, &match, err);
        free(kept);
    }
    return ok;
}

static bool finish_query(Flow *flow, Err *err)
{
    QueryState *state = flow->state;
    bool ok = true;
    if (state->run != NULL) {
        ok = sequence_run_finish(state->run, take_sequence, flow, err);
    } else if (state->plain != NULL) {
        ok = sequence_plain_finish(state->plain, take_sequence, flow, err);
    } else if (state->sample != NULL) {
        ok = sample_run_finish(state->sample, take_sequence, flow, err);
    } else if (state->sample_plain != NULL) {
        ok = sample_plain_finish(state->sample_plain, take_sequence, flow, err);
    }
    for (uint32_t i = 0; i < state->cut_count && ok; i++) {
        ok = finish_cut(flow, i, err);
    }
    return ok;
}

/* The first hit of a sample query, and the end, say that what came before is over: first the queries that are no samples,
 * then one sample query after another. */
static bool turn_to(const Flow *flow, uint32_t sampling, Err *err)
{
    Matcher *matcher = flow->matcher;
    Flow other = *flow;
    bool ok = true;
    for (uint32_t i = 0; i < matcher->query_count && ok; i++) {
        bool over = matcher->sampling == NO_QUERY ? matcher->queries[i].plan->kind != QUERY_SAMPLE
                                                  : i == matcher->sampling;
        if (over) {
            other.query = i;
            other.state = &matcher->queries[i];
            ok = finish_query(&other, err);
            keep_budget(matcher, i);
        }
    }
    matcher->sampling = sampling;
    return ok;
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
    SequenceEvent event = {.place = hit->place, .time = hit->time};
    Match match = {.query = hit->query, .events = &event, .event_count = 1};
    return pass(flow, 0, &match, err);
}

bool matcher_offer(Matcher *matcher, const Hit *hit, MatcherTake *take, void *context, Err *err)
{
    assert(hit->query < matcher->query_count);
    QueryState *state = &matcher->queries[hit->query];
    Flow flow = {matcher, state, hit->query, take, context};
    if (state->plan->kind == QUERY_SAMPLE) {
        return offer_sample(&flow, hit, err);
    }
    if (is_over(state)) {
        return true;
    }
    bool ok = offer(&flow, hit, err);
    keep_budget(matcher, hit->query);
    return ok;
}

void matcher_expect(Matcher *matcher, const Hit *hit)
{
    SequenceRun *run = matcher->queries[hit->query].run;
    if (run != NULL) {
        sequence_run_expect(run, hit);
    }
}

bool matcher_finish(Matcher *matcher, MatcherTake *take, void *context, Err *err)
{
    Flow flow = {.matcher = matcher, .take = take, .context = context};
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

uint64_t matcher_tail_cut(const Matcher *matcher)
{
    uint64_t cut = 0;
    for (uint32_t i = 0; i < matcher->query_count; i++) {
        cut += matcher->queries[i].tail_cut;
    }
    return cut;
}

SequenceStats matcher_sequences(const Matcher *matcher, uint32_t query)
{
    const SequenceRun *run = matcher->queries[query].run;
    return run == NULL ? (SequenceStats){0} : sequence_run_stats(run);
}
