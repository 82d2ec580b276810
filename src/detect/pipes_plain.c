#include "detect/pipes_plain.h"

#include "base/array.h"
#include "base/ip_address.h"
#include "detect/pipe_tuple.h"
#include "exec/scalar.h"
#include "exec/version.h"

typedef struct PlainMatch {
    Match match;
    Values *terms; /* of the pipe that holds it */
} PlainMatch;

typedef struct PlainStep {
    Pipe pipe;
    ARRAY(PlainMatch) list; /* all that came; of head and unique, those that passed */
} PlainStep;

struct PipesPlain {
    Arena *arena; /* matches and their values */
    const PlanSet *plan;
    uint32_t query;
    PlainStep *steps;
    uint32_t step_count;
    const ScalarPatterns *patterns;
    MatchDocuments *documents;
    Arena *read; /* for one condition */
    Arena *scratch;
    uint64_t cut;
};

PipesPlain *pipes_plain_new(Arena *arena, const PlanSet *plan, const PipesOptions *options,
                            const DocumentSource *source)
{
    PipesPlain *pipes = ARENA_NEW(arena, PipesPlain);
    Pipe *list = NULL;
    uint32_t count = pipes_with_size(arena, &plan->queries[options->query], options, &list);
    *pipes = (PipesPlain){
        .arena = arena_new(),
        .plan = plan,
        .query = options->query,
        .steps = ARENA_MANY(arena, PlainStep, count),
        .step_count = count,
        .patterns = plan->pipes == NULL ? NULL : scalar_patterns_new(arena, plan->pipes),
        .documents = match_documents_new_from(source),
        .read = arena_new(),
        .scratch = arena_new(),
    };
    for (uint32_t i = 0; i < count; i++) {
        pipes->steps[i].pipe = list[i];
    }
    return pipes;
}

void pipes_plain_free(PipesPlain *pipes)
{
    if (pipes != NULL) {
        match_documents_free(pipes->documents);
        arena_free(pipes->arena);
        arena_free(pipes->read);
        arena_free(pipes->scratch);
    }
}

uint64_t pipes_plain_combinations_cut(const PipesPlain *pipes)
{
    return pipes->cut;
}

/* ---- values ---- */

static bool event_of(const Match *match, const PipeField *field, uint32_t *event)
{
    *event = field->event;
    if (field->kind == PIPE_FIELD_OF_FIRST) {
        for (*event = 0; *event < match->event_count && match->events[*event].missing;) {
            ++*event;
        }
    }
    return *event < match->event_count && !match->events[*event].missing;
}

/* What is read of a match goes into `arena`. */
typedef struct Reading {
    PipesPlain *pipes;
    const Match *match;
    Arena *arena;
} Reading;

static bool field_values_of(const Reading *reading, FieldId id, Values *out, Err *err)
{
    PipesPlain *pipes = reading->pipes;
    const Match *match = reading->match;
    const PipeField *field = &pipes->plan->pipes->pipe_fields[id];
    bool counts = field->kind == PIPE_FIELD_COUNT || field->kind == PIPE_FIELD_PERCENT;
    uint32_t event = 0;
    *out = (Values){0};
    if (counts && match->counted && (field->kind == PIPE_FIELD_COUNT || match->total > 0)) {
        out->items = ARENA_NEW(reading->arena, Value);
        out->items[0] = field->kind == PIPE_FIELD_COUNT
                            ? value_int((int64_t)match->count)
                            : value_double((double)match->count / (double)match->total);
        out->count = 1;
    }
    if (counts || !event_of(match, field, &event)) {
        return true;
    }
    const Field *asked = field_table_get(pipes->plan->fields, field->field);
    return match_documents_values(pipes->documents, event, asked, reading->arena, out, err);
}

static bool slots_of(const Reading *reading, const Predicate *predicate, Values **out, Err *err)
{
    const Match *match = reading->match;
    *out = ARENA_MANY(reading->arena, Values, predicate->field_count);
    match_documents_set(reading->pipes->documents, match->events, match->event_count);
    for (uint32_t i = 0; i < predicate->field_count; i++) {
        if (!field_values_of(reading, predicate->fields[i], &(*out)[i], err)) {
            return false;
        }
    }
    return true;
}

static bool node_holds(const Reading *reading, NodeId id, bool *holds, Err *err)
{
    PipesPlain *pipes = reading->pipes;
    const PlanNode *node = &pipes->plan->pipes->nodes[id];
    *holds = node->kind == NODE_TRUE || node->kind == NODE_AND;
    if (node->kind == NODE_PREDICATE) {
        const Predicate *predicate = &pipes->plan->pipes->predicates[node->predicate];
        Values *slots = NULL;
        arena_reset(reading->arena);
        if (!slots_of(reading, predicate, &slots, err)) {
            return false;
        }
        *holds = scalar_holds(pipes->patterns, predicate, slots, pipes->scratch, &pipes->cut);
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        bool child = false;
        if (!node_holds(reading, node->children[i], &child, err)) {
            return false;
        }
        *holds = node->kind == NODE_AND  ? *holds && child
                 : node->kind == NODE_OR ? *holds || child
                                         : !child;
    }
    return true;
}

static bool terms_of(PipesPlain *pipes, const Pipe *pipe, PlainMatch *match, Err *err)
{
    Reading reading = {pipes, &match->match, pipes->arena};
    match->terms = ARENA_MANY(pipes->arena, Values, pipe->term_count);
    for (uint32_t i = 0; i < pipe->term_count; i++) {
        const Predicate *predicate = &pipes->plan->pipes->predicates[pipe->terms[i].value];
        Values *slots = NULL;
        if (!slots_of(&reading, predicate, &slots, err)) {
            return false;
        }
        match->terms[i] = predicate->expr->kind == EXPR_FIELD
                              ? slots[0]
                              : scalar_values(pipes->patterns, predicate, slots, pipes->arena,
                                              pipes->scratch, &pipes->cut);
    }
    return true;
}

/* ---- what is equal, what comes first ---- */

static int compare_addresses(Str a, Str b)
{
    IpAddress x;
    IpAddress y;
    bool a_is_valid = ip_address_parse(a, &x);
    bool b_is_valid = ip_address_parse(b, &y);
    if (a_is_valid && b_is_valid) {
        return ip_address_compare(&x, &y);
    }
    return a_is_valid ? -1 : b_is_valid ? 1 : str_compare(a, b);
}

static int compare(const Value *a, const Value *b, CompareAs as)
{
    if (a->kind == VALUE_STRING && b->kind == VALUE_STRING) {
        switch (as) {
        case COMPARE_AS_VALUE: break;
        case COMPARE_AS_IP:
        case COMPARE_AS_ADDRESS: return compare_addresses(a->text, b->text);
        case COMPARE_AS_VERSION: return version_compare(a->text, b->text);
        }
    }
    return value_compare(a, b);
}

static bool all_in(const Values *some, const Values *others, CompareAs as)
{
    for (uint32_t i = 0; i < some->count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < others->count && !found; k++) {
            found = compare(&some->items[i], &others->items[k], as) == 0;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static bool same_tuple(const Pipe *pipe, const PlainMatch *a, const PlainMatch *b)
{
    for (uint32_t i = 0; i < pipe->term_count; i++) {
        CompareAs as = pipe->terms[i].as;
        if (!all_in(&a->terms[i], &b->terms[i], as) || !all_in(&b->terms[i], &a->terms[i], as)) {
            return false;
        }
    }
    return true;
}

static const Value *least(const Values *values, CompareAs as)
{
    const Value *found = NULL;
    for (uint32_t i = 0; i < values->count; i++) {
        if (found == NULL || compare(&values->items[i], found, as) < 0) {
            found = &values->items[i];
        }
    }
    return found;
}

static bool comes_before(const Pipe *pipe, const PlainMatch *a, const PlainMatch *b)
{
    for (uint32_t i = 0; i < pipe->term_count; i++) {
        const Value *left = least(&a->terms[i], pipe->terms[i].as);
        const Value *right = least(&b->terms[i], pipe->terms[i].as);
        if ((left == NULL) != (right == NULL)) {
            return right == NULL;
        }
        int order = left == NULL ? 0 : compare(left, right, pipe->terms[i].as);
        if (order != 0) {
            return order < 0;
        }
    }
    return false;
}

/* ---- the flow ---- */

static Match copy_match(Arena *arena, const Match *match)
{
    Match copy = *match;
    SequenceEvent *events = ARENA_MANY(arena, SequenceEvent, match->event_count);
    for (uint32_t i = 0; i < match->event_count; i++) {
        events[i] = match->events[i];
    }
    copy.events = events;
    copy.key = str_copy(arena, match->key);
    copy.tuple = str_copy(arena, match->tuple);
    return copy;
}

static bool is_known(const PlainStep *step, const PlainMatch *match)
{
    for (uint32_t i = 0; i < step->list.count; i++) {
        if (same_tuple(&step->pipe, &step->list.items[i], match)) {
            return true;
        }
    }
    return false;
}

static bool pass(PipesPlain *pipes, uint32_t from, const Match *match, const PipesEnd *end,
                 Err *err)
{
    PlainMatch held = {.match = *match};
    Reading reading = {pipes, match, pipes->read};
    for (uint32_t i = from; i < pipes->step_count; i++) {
        PlainStep *step = &pipes->steps[i];
        bool passes = step->pipe.kind == PIPE_HEAD && step->list.count < step->pipe.count;
        if (step->pipe.kind == PIPE_FILTER) {
            if (!node_holds(&reading, step->pipe.node, &passes, err)) {
                return false;
            }
        } else if (!terms_of(pipes, &step->pipe, &held, err)) {
            return false;
        }
        if (step->pipe.kind == PIPE_UNIQUE) {
            passes = !is_known(step, &held);
        }
        bool chooses = step->pipe.kind == PIPE_HEAD || step->pipe.kind == PIPE_UNIQUE;
        bool stays = step->pipe.kind != PIPE_FILTER && (!chooses || passes);
        if (stays) {
            held.match = copy_match(pipes->arena, match);
            ARRAY_PUSH(pipes->arena, &step->list, held);
        }
        if (!passes) {
            return true;
        }
    }
    return end->take(end->context, match, err);
}

bool pipes_plain_take(PipesPlain *pipes, const Match *match, const PipesEnd *end, Err *err)
{
    return pass(pipes, 0, match, end, err);
}

bool pipes_plain_are_over(const PipesPlain *pipes)
{
    for (uint32_t i = 0; i < pipes->step_count; i++) {
        const PlainStep *step = &pipes->steps[i];
        bool is_head = step->pipe.kind == PIPE_HEAD;
        if (is_head && step->list.count == step->pipe.count) {
            return true;
        }
        if (!is_head && step->pipe.kind != PIPE_FILTER && step->pipe.kind != PIPE_UNIQUE) {
            return false;
        }
    }
    return false;
}

/* ---- the end ---- */

/* Each goes in front of all that it comes before, from behind. */
static void sort(PlainStep *step)
{
    for (uint32_t i = 1; i < step->list.count; i++) {
        PlainMatch match = step->list.items[i];
        uint32_t at = i;
        for (; at > 0 && comes_before(&step->pipe, &match, &step->list.items[at - 1]); at--) {
            step->list.items[at] = step->list.items[at - 1];
        }
        step->list.items[at] = match;
    }
}

/* The first of each tuple stays, with how many there were. */
static void count(PlainStep *step)
{
    uint32_t kept = 0;
    uint64_t total = step->list.count;
    for (uint32_t i = 0; i < total; i++) {
        PlainMatch match = step->list.items[i];
        uint32_t at = 0;
        while (at < kept && !same_tuple(&step->pipe, &step->list.items[at], &match)) {
            at++;
        }
        if (at == kept) {
            step->list.items[kept] = match;
            step->list.items[kept].match.counted = true;
            step->list.items[kept].match.others = false;
            step->list.items[kept].match.count = 0;
            step->list.items[kept++].match.total = total;
        }
        step->list.items[at].match.count++;
    }
    step->list.count = kept;
    for (uint32_t i = 1; i < kept; i++) {
        PlainMatch match = step->list.items[i];
        uint32_t at = i;
        for (; at > 0 && match.match.count < step->list.items[at - 1].match.count; at--) {
            step->list.items[at] = step->list.items[at - 1];
        }
        step->list.items[at] = match;
    }
}

/* Of each only its count and its tuple. */
static void forget_events(PipesPlain *pipes, PlainStep *step)
{
    for (uint32_t i = 0; i < step->list.count; i++) {
        PlainMatch *item = &step->list.items[i];
        Buffer tuple = {0};
        for (uint32_t term = 0; term < step->pipe.term_count; term++) {
            pipe_tuple_append_set(&tuple, &item->terms[term], COMPARE_AS_VALUE);
        }
        item->match = (Match){.query = pipes->query,
                              .counted = true,
                              .count = item->match.count,
                              .total = step->pipe.term_count > 0 ? item->match.total : 0,
                              .tuple = str_copy(pipes->arena, buffer_str(&tuple))};
        buffer_done(&tuple);
    }
    if (step->list.count == 0 && step->pipe.term_count == 0) {
        PlainMatch none = {.match = {.query = pipes->query, .counted = true}};
        ARRAY_PUSH(pipes->arena, &step->list, none);
    }
}

static bool finish_step(PipesPlain *pipes, uint32_t index, const PipesEnd *end, Err *err)
{
    PlainStep *step = &pipes->steps[index];
    uint32_t from = 0;
    switch (step->pipe.kind) {
    case PIPE_HEAD:
    case PIPE_FILTER:
    case PIPE_UNIQUE: return true;
    case PIPE_TAIL:
        from =
            step->list.count > step->pipe.count ? step->list.count - (uint32_t)step->pipe.count : 0;
        break;
    case PIPE_SORT: sort(step); break;
    case PIPE_UNIQUE_COUNT: count(step); break;
    case PIPE_COUNT:
        count(step);
        forget_events(pipes, step);
        break;
    }
    bool ok = true;
    for (uint32_t i = from; i < step->list.count && ok; i++) {
        ok = pass(pipes, index + 1, &step->list.items[i].match, end, err);
    }
    return ok;
}

bool pipes_plain_finish(PipesPlain *pipes, const PipesEnd *end, Err *err)
{
    bool ok = true;
    for (uint32_t i = 0; i < pipes->step_count && ok; i++) {
        ok = finish_step(pipes, i, end, err);
    }
    return ok;
}
