#include "detect/pipe_values.h"

#include "detect/carried.h"
#include "detect/pipe_tuple.h"
#include "event/field_values.h"
#include "exec/scalar.h"

typedef struct Column {
    uint64_t match; /* whose values these are, by number */
    Values values;
} Column;

struct PipeValues {
    const PlanSet *plan;
    const PlanSet *pipes;
    const ScalarPatterns *patterns;
    MatchDocuments *documents;
    Arena *read; /* values of the present match */
    Arena *scratch;
    Column *columns; /* by field of the plan of pipes */
    Str *carried;    /* by field of events */
    Values *slots;   /* of one predicate */
    const Match *match;
    uint64_t number; /* of the match, from 1 */
    uint64_t cut;
};

PipeValues *pipe_values_new(Arena *arena, const PlanSet *plan, const DocumentSource *source)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < plan->pipes->predicate_count; i++) {
        uint32_t count = plan->pipes->predicates[i].field_count;
        most = count > most ? count : most;
    }
    PipeValues *values = ARENA_NEW(arena, PipeValues);
    *values = (PipeValues){
        .plan = plan,
        .pipes = plan->pipes,
        .patterns = scalar_patterns_new(arena, plan->pipes),
        .documents = match_documents_new_from(source),
        .read = arena_new(),
        .scratch = arena_new(),
        .columns = ARENA_MANY(arena, Column, plan->pipes->pipe_field_count),
        .carried = ARENA_MANY(arena, Str, field_table_count(plan->fields)),
        .slots = ARENA_MANY(arena, Values, most),
    };
    return values;
}

void pipe_values_free(PipeValues *values)
{
    if (values != NULL) {
        match_documents_free(values->documents);
        arena_free(values->read);
        arena_free(values->scratch);
    }
}

uint64_t pipe_values_combinations_cut(const PipeValues *values)
{
    return values->cut;
}

void pipe_values_set(PipeValues *values, const Match *match)
{
    const QueryPlan *query = &values->plan->queries[match->query];
    arena_reset(values->read);
    values->match = match;
    values->number++;
    Str carried = match->carried;
    for (uint32_t i = 0; i < query->asked_count && carried.len > 0; i++) {
        values->carried[query->asked[i]] = carried_next(&carried);
    }
    match_documents_set(values->documents, match->events, match->event_count);
}

/* ---- values ---- */

static Values one_value(Arena *arena, Value value)
{
    Value *items = ARENA_NEW(arena, Value);
    *items = value;
    return (Values){items, 1};
}

static Values counted(Arena *arena, const Match *match, PipeFieldKind kind)
{
    if (!match->counted || (kind == PIPE_FIELD_PERCENT && match->total == 0)) {
        return (Values){0};
    }
    Value value = kind == PIPE_FIELD_COUNT
                      ? value_int((int64_t)match->count)
                      : value_double((double)match->count / (double)match->total);
    return one_value(arena, value);
}

static uint32_t first_event(const Match *match)
{
    uint32_t first = 0;
    while (first < match->event_count && match->events[first].missing) {
        first++;
    }
    return first;
}

static bool read_event(PipeValues *values, uint32_t event, FieldId id, Values *out, Err *err)
{
    const Match *match = values->match;
    const Field *field = field_table_get(values->plan->fields, id);
    *out = (Values){0};
    if (event >= match->event_count || match->events[event].missing) {
        return true;
    }
    if (match->carried.len > 0) {
        Str raw = values->carried[id];
        *out = raw.len > 0 ? field_values(values->read, field, raw) : *out;
        return true;
    }
    return match_documents_values(values->documents, event, field, values->read, out, err);
}

static bool read_field(PipeValues *values, FieldId id, Values *out, Err *err)
{
    const PipeField *field = &values->pipes->pipe_fields[id];
    switch (field->kind) {
    case PIPE_FIELD_OF_FIRST:
        return read_event(values, first_event(values->match), field->field, out, err);
    case PIPE_FIELD_OF_EVENT: return read_event(values, field->event, field->field, out, err);
    case PIPE_FIELD_COUNT:
    case PIPE_FIELD_PERCENT: *out = counted(values->read, values->match, field->kind); return true;
    }
    assert(!"no such field");
    return false;
}

/* The values of the predicate's fields, by slot. */
static bool fill_slots(PipeValues *values, const Predicate *predicate, Err *err)
{
    for (uint32_t slot = 0; slot < predicate->field_count; slot++) {
        FieldId id = predicate->fields[slot];
        Column *column = &values->columns[id];
        if (column->match != values->number) {
            if (!read_field(values, id, &column->values, err)) {
                return false;
            }
            column->match = values->number;
        }
        values->slots[slot] = column->values;
    }
    return true;
}

/* ---- conditions ---- */

static bool predicate_holds(PipeValues *values, PredicateId id, bool *holds, Err *err)
{
    const Predicate *predicate = &values->pipes->predicates[id];
    if (!fill_slots(values, predicate, err)) {
        return false;
    }
    *holds =
        scalar_holds(values->patterns, predicate, values->slots, values->scratch, &values->cut);
    return true;
}

bool pipe_values_hold(PipeValues *values, NodeId id, bool *holds, Err *err)
{
    const PlanNode *node = &values->pipes->nodes[id];
    switch (node->kind) {
    case NODE_FALSE:
    case NODE_TRUE: *holds = node->kind == NODE_TRUE; return true;
    case NODE_PREDICATE: return predicate_holds(values, node->predicate, holds, err);
    case NODE_NOT:
        if (!pipe_values_hold(values, node->children[0], holds, err)) {
            return false;
        }
        *holds = !*holds;
        return true;
    case NODE_LINEAGE: assert(!"a leaf that no pipe has"); break;
    case NODE_AND:
    case NODE_OR: break;
    }
    bool decisive = node->kind == NODE_OR;
    *holds = !decisive;
    for (uint32_t i = 0; i < node->child_count && *holds != decisive; i++) {
        if (!pipe_values_hold(values, node->children[i], holds, err)) {
            return false;
        }
    }
    return true;
}

/* ---- tuples ---- */

static bool term_values(PipeValues *values, const PipeTerm *term, Values *out, Err *err)
{
    const Predicate *predicate = &values->pipes->predicates[term->value];
    if (!fill_slots(values, predicate, err)) {
        return false;
    }
    *out = predicate->expr->kind == EXPR_FIELD
               ? values->slots[0]
               : scalar_values(values->patterns, predicate, values->slots, values->read,
                               values->scratch, &values->cut);
    return true;
}

bool pipe_values_tuple(PipeValues *values, const Pipe *pipe, Buffer *tuple, Buffer *shown, Err *err)
{
    for (uint32_t i = 0; i < pipe->term_count; i++) {
        const PipeTerm *term = &pipe->terms[i];
        Values of_term = {0};
        if (!term_values(values, term, &of_term, err)) {
            return false;
        }
        if (pipe->kind == PIPE_SORT) {
            pipe_tuple_append_least(tuple, &of_term, term->as);
        } else {
            pipe_tuple_append_set(tuple, &of_term, term->as);
        }
        if (shown != NULL) {
            pipe_tuple_append_set(shown, &of_term, COMPARE_AS_VALUE);
        }
    }
    return true;
}
