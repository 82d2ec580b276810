#include "detect/pipes.h"

#include "detect/pipe_sort.h"
#include "detect/pipe_tail.h"
#include "detect/pipe_tally.h"

typedef struct Step {
    Pipe pipe;
    const Pipe *of; /* the query's; NULL: the request's size */
    PipeCount count;
    uint64_t passed; /* head: let through; count without terms: how many came */
    PipeTail tail;
    PipeSort *sort;
    PipeTally *tally; /* of the pipes that tell tuples apart */
} Step;

struct Pipes {
    uint32_t query;
    PipeValues *values;
    PipesWatch *watch;
    Step *steps;
    uint32_t step_count;
    uint32_t last_reader; /* behind it no step asks for values: 0 when none does */
    Buffer tuple, shown;
    PipesStats stats;
};

/* ---- making ---- */

/* "head" or "tail" */
static PipeKind size_kind(const QueryPlan *plan, const PipesOptions *options)
{
    PipeKind kind = options->at_tail ? PIPE_TAIL : PIPE_HEAD;
    for (uint32_t i = 0; i < plan->pipe_count; i++) {
        switch (plan->pipes[i].kind) {
        case PIPE_SORT:
        case PIPE_COUNT:
        case PIPE_UNIQUE_COUNT: return PIPE_HEAD;
        case PIPE_HEAD:
        case PIPE_TAIL:
        case PIPE_FILTER:
        case PIPE_UNIQUE: break;
        }
    }
    return kind;
}

static bool is_cut(const Pipe *pipe)
{
    return pipe->kind == PIPE_HEAD || pipe->kind == PIPE_TAIL;
}

uint32_t pipes_with_size(Arena *arena, const QueryPlan *plan, const PipesOptions *options,
                         Pipe **out)
{
    Pipe *pipes = ARENA_MANY(arena, Pipe, plan->pipe_count + 1);
    bool in_front = plan->pipe_count > 0 && is_cut(&plan->pipes[0]);
    uint32_t count = 0;
    if (options->has_size && in_front) {
        pipes[count++] = (Pipe){.kind = plan->pipes[0].kind, .count = options->size};
    }
    for (uint32_t i = 0; i < plan->pipe_count; i++) {
        pipes[count++] = plan->pipes[i];
    }
    if (options->has_size && !in_front) {
        pipes[count++] = (Pipe){.kind = size_kind(plan, options), .count = options->size};
    }
    *out = pipes;
    return count;
}

/* Of what comes out of a sort, the cut behind it takes only so many. */
static PipeSort *sort_before(const Pipe *next)
{
    return next != NULL && is_cut(next) ? pipe_sort_new(next->count, next->kind == PIPE_TAIL)
                                        : pipe_sort_new(UINT64_MAX, false);
}

static void start_step(Step *step, const Pipe *next)
{
    switch (step->pipe.kind) {
    case PIPE_SORT: step->sort = sort_before(next); return;
    case PIPE_UNIQUE:
    case PIPE_UNIQUE_COUNT: step->tally = pipe_tally_new(); return;
    case PIPE_COUNT: step->tally = step->pipe.term_count > 0 ? pipe_tally_new() : NULL; return;
    case PIPE_HEAD:
    case PIPE_TAIL:
    case PIPE_FILTER: return;
    }
}

Pipes *pipes_new(Arena *arena, const QueryPlan *plan, const PipesOptions *options)
{
    Pipe *list = NULL;
    uint32_t count = pipes_with_size(arena, plan, options, &list);
    Pipes *pipes = ARENA_NEW(arena, Pipes);
    *pipes = (Pipes){.query = options->query,
                     .values = options->values,
                     .watch = options->watch,
                     .steps = ARENA_MANY(arena, Step, count),
                     .step_count = count};
    bool in_front = count > plan->pipe_count && plan->pipe_count > 0 && is_cut(&plan->pipes[0]);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t own = i - in_front; /* past the last for a size in front */
        pipes->steps[i].pipe = list[i];
        pipes->steps[i].of = own < plan->pipe_count ? &plan->pipes[own] : NULL;
        start_step(&pipes->steps[i], i + 1 < count ? &list[i + 1] : NULL);
        pipes->last_reader = is_cut(&list[i]) ? pipes->last_reader : i;
    }
    return pipes;
}

void pipes_free(Pipes *pipes)
{
    if (pipes == NULL) {
        return;
    }
    for (uint32_t i = 0; i < pipes->step_count; i++) {
        pipe_tail_done(&pipes->steps[i].tail);
        pipe_sort_free(pipes->steps[i].sort);
        pipe_tally_free(pipes->steps[i].tally);
    }
    buffer_done(&pipes->tuple);
    buffer_done(&pipes->shown);
}

/* ---- the budget ---- */

static size_t step_bytes(const Step *step)
{
    return step->tail.bytes + (step->sort != NULL ? pipe_sort_bytes(step->sort) : 0) +
           (step->tally != NULL ? pipe_tally_bytes(step->tally) : 0);
}

size_t pipes_bytes(const Pipes *pipes)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < pipes->step_count; i++) {
        bytes += step_bytes(&pipes->steps[i]);
    }
    return bytes;
}

static bool drop_from(Pipes *pipes, Step *step)
{
    KeptMatch *kept = pipe_tail_take(&step->tail);
    if (kept != NULL || (step->sort != NULL && pipe_sort_drop(step->sort))) {
        kept_match_free(kept);
        pipes->stats.tail_cut++;
        return true;
    }
    return step->tally != NULL && pipe_tally_drop(step->tally);
}

bool pipes_give_way(Pipes *pipes)
{
    Step *largest = NULL;
    for (uint32_t i = 0; i < pipes->step_count; i++) {
        Step *step = &pipes->steps[i];
        if (step_bytes(step) > (largest == NULL ? 0 : step_bytes(largest))) {
            largest = step;
        }
    }
    return largest != NULL && drop_from(pipes, largest);
}

/* A tally's others are the matches of unique that it does not know again, too. */
static void add_others(PipesStats *stats, const Step *step)
{
    if (step->tally != NULL) {
        uint64_t others = pipe_tally_others(step->tally);
        *(step->pipe.kind == PIPE_UNIQUE ? &stats->unfollowed : &stats->others) += others;
    }
}

PipesStats pipes_stats(const Pipes *pipes)
{
    PipesStats stats = pipes->stats;
    for (uint32_t i = 0; i < pipes->step_count; i++) {
        add_others(&stats, &pipes->steps[i]);
    }
    return stats;
}

PipeCount pipes_count(const Pipes *pipes, uint32_t pipe)
{
    uint32_t first = pipes->steps[0].of == NULL; /* behind the size */
    return pipes->steps[first + pipe].count;
}

/* ---- the flow ---- */

/* A match on its way, as far as it has come. */
typedef struct Passing {
    Pipes *pipes;
    Match match;
    bool is_set; /* the values are this match's */
} Passing;

static PipeValues *values_of(Passing *passing)
{
    if (!passing->is_set) {
        pipe_values_set(passing->pipes->values, &passing->match);
        passing->is_set = true;
    }
    return passing->pipes->values;
}

/* The tuple of the pipe's terms into pipes->tuple, and as it is shown into pipes->shown. */
static bool make_tuple(Passing *passing, const Pipe *pipe, Err *err)
{
    Pipes *pipes = passing->pipes;
    buffer_clear(&pipes->tuple);
    buffer_clear(&pipes->shown);
    Buffer *shown = pipe->kind == PIPE_COUNT ? &pipes->shown : NULL;
    return pipe_values_tuple(values_of(passing), pipe, &pipes->tuple, shown, err);
}

/* Before it is held back: what no step asks any more need not be held. */
static const Match *to_hold(Passing *passing, const Step *step)
{
    if (step >= &passing->pipes->steps[passing->pipes->last_reader]) {
        passing->match.carried = (Str){0};
    }
    return &passing->match;
}

static bool pass_filter(Passing *passing, const Step *step, bool *passes, Err *err)
{
    return pipe_values_hold(values_of(passing), step->pipe.node, passes, err);
}

static bool pass_sort(Passing *passing, Step *step, Err *err)
{
    if (!make_tuple(passing, &step->pipe, err)) {
        return false;
    }
    pipe_sort_add(step->sort, to_hold(passing, step), buffer_str(&passing->pipes->tuple));
    return true;
}

static bool pass_unique(Passing *passing, Step *step, bool *passes, Err *err)
{
    if (!make_tuple(passing, &step->pipe, err)) {
        return false;
    }
    TallyAnswer answer = pipe_tally_add(step->tally, buffer_str(&passing->pipes->tuple), NULL);
    *passes = answer != TALLY_KNOWN;
    return true;
}

/* The first match of each tuple; of "count" only its tuple. */
static bool pass_count(Passing *passing, Step *step, Err *err)
{
    step->passed++;
    if (step->tally == NULL) {
        return true;
    }
    if (!make_tuple(passing, &step->pipe, err)) {
        return false;
    }
    Pipes *pipes = passing->pipes;
    Match tuple = {.query = pipes->query, .tuple = buffer_str(&pipes->shown)};
    const Match *first = step->pipe.kind == PIPE_COUNT ? &tuple : to_hold(passing, step);
    (void)pipe_tally_add(step->tally, buffer_str(&pipes->tuple), first);
    return true;
}

/* *passes is true when the match goes on. */
static bool pass_step(Passing *passing, Step *step, bool *passes, Err *err)
{
    *passes = false;
    switch (step->pipe.kind) {
    case PIPE_HEAD:
        *passes = step->passed < step->pipe.count;
        step->passed += *passes;
        return true;
    case PIPE_TAIL:
        pipe_tail_add(&step->tail, step->pipe.count, to_hold(passing, step));
        return true;
    case PIPE_FILTER: return pass_filter(passing, step, passes, err);
    case PIPE_SORT: return pass_sort(passing, step, err);
    case PIPE_UNIQUE: return pass_unique(passing, step, passes, err);
    case PIPE_COUNT:
    case PIPE_UNIQUE_COUNT: return pass_count(passing, step, err);
    }
    assert(!"no such pipe");
    return false;
}

static void follow(Passing *passing, uint32_t index)
{
    PipesWatch *watch = passing->pipes->watch;
    if ((!watch->reached || index > watch->step) &&
        watch->is_watched(watch->context, &passing->match)) {
        watch->reached = true;
        watch->step = index;
        watch->pipe = passing->pipes->steps[index].of;
    }
}

/* Through the steps from `from` on, to the end if none holds the match back. */
static bool pass(Pipes *pipes, uint32_t from, const Match *match, const PipesEnd *end, Err *err)
{
    Passing passing = {.pipes = pipes, .match = *match};
    if (from > 0) {
        pipes->steps[from - 1].count.out++;
    }
    for (uint32_t i = from; i < pipes->step_count; i++) {
        bool passes = false;
        pipes->steps[i].count.in++;
        if (pipes->watch != NULL) {
            follow(&passing, i);
        }
        if (!pass_step(&passing, &pipes->steps[i], &passes, err)) {
            return false;
        }
        if (!passes) {
            return true;
        }
        pipes->steps[i].count.out++;
    }
    return end->take(end->context, &passing.match, err);
}

bool pipes_take(Pipes *pipes, const Match *match, const PipesEnd *end, Err *err)
{
    return pass(pipes, 0, match, end, err);
}

/* ---- the end ---- */

static bool give_kept(Pipes *pipes, uint32_t from, KeptMatch *kept, const PipesEnd *end, Err *err)
{
    Match match = kept_match_get(kept);
    bool ok = pass(pipes, from, &match, end, err);
    kept_match_free(kept);
    return ok;
}

static bool give_count(Pipes *pipes, uint32_t index, const Match *match, const PipesEnd *end,
                       Err *err)
{
    Match counted = *match;
    counted.query = pipes->query;
    counted.counted = true;
    return pass(pipes, index + 1, &counted, end, err);
}

static bool finish_tally(Pipes *pipes, uint32_t index, const PipesEnd *end, Err *err)
{
    Step *step = &pipes->steps[index];
    uint64_t total = pipe_tally_total(step->tally);
    uint64_t others = pipe_tally_others(step->tally);
    uint64_t count = 0;
    KeptMatch *first = NULL;
    bool ok = true;
    while (ok && pipe_tally_take(step->tally, &count, &first)) {
        Match match = kept_match_get(first);
        match.count = count;
        match.total = total;
        ok = give_count(pipes, index, &match, end, err);
        kept_match_free(first);
    }
    if (ok && others > 0 && step->pipe.kind == PIPE_COUNT) {
        Match match = {.others = true, .count = others, .total = total};
        ok = give_count(pipes, index, &match, end, err);
    }
    add_others(&pipes->stats, step);
    pipe_tally_free(step->tally);
    step->tally = NULL;
    return ok;
}

static bool finish_step(Pipes *pipes, uint32_t index, const PipesEnd *end, Err *err)
{
    Step *step = &pipes->steps[index];
    bool ok = true;
    for (KeptMatch *kept; ok && (kept = pipe_tail_take(&step->tail)) != NULL;) {
        ok = give_kept(pipes, index + 1, kept, end, err);
    }
    if (step->sort != NULL) {
        for (KeptMatch *kept; ok && (kept = pipe_sort_take(step->sort)) != NULL;) {
            ok = give_kept(pipes, index + 1, kept, end, err);
        }
    }
    if (!ok || (step->pipe.kind != PIPE_COUNT && step->pipe.kind != PIPE_UNIQUE_COUNT)) {
        return ok;
    }
    if (step->pipe.term_count > 0) {
        return finish_tally(pipes, index, end, err);
    }
    Match all = {.count = step->passed};
    return give_count(pipes, index, &all, end, err);
}

bool pipes_finish(Pipes *pipes, const PipesEnd *end, Err *err)
{
    bool ok = true;
    for (uint32_t i = 0; i < pipes->step_count && ok; i++) {
        ok = finish_step(pipes, i, end, err);
    }
    return ok;
}

static bool holds_back(PipeKind kind)
{
    return kind != PIPE_HEAD && kind != PIPE_FILTER && kind != PIPE_UNIQUE;
}

bool pipes_are_over(const Pipes *pipes)
{
    for (uint32_t i = 0; i < pipes->step_count && !holds_back(pipes->steps[i].pipe.kind); i++) {
        const Step *step = &pipes->steps[i];
        if (step->pipe.kind == PIPE_HEAD && step->passed == step->pipe.count) {
            return true;
        }
    }
    return false;
}
