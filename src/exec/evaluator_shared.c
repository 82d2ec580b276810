#include "exec/evaluator_shared.h"

#include "exec/lists.h"
#include "plan/explain.h"

static void find_constants(EvaluatorShared *shared)
{
    Arena *scratch = arena_new();
    uint64_t cut = 0; /* one combination is never too many */
    for (uint32_t i = 0; i < shared->plan->predicate_count; i++) {
        const Predicate *predicate = &shared->plan->predicates[i];
        shared->lookups[i] = (uint8_t)predicate_lookup(predicate);
        if (shared->lookups[i] == LOOKUP_CONSTANT) {
            shared->constants[i] = scalar_holds(shared->patterns, predicate, NULL, scratch, &cut);
        }
    }
    arena_free(scratch);
}

static void build_indices(EvaluatorShared *shared)
{
    const PlanSet *plan = shared->plan;
    uint32_t fields = field_table_count(plan->fields);
    Arena *scratch = arena_new();
    ListPairs pairs = {0};
    for (uint32_t i = 0; i < plan->predicate_count; i++) {
        if (plan->predicates[i].field_count == 1) {
            lists_push(scratch, &pairs, plan->predicates[i].fields[0], i);
        }
    }
    Lists by_field = lists_build(scratch, &pairs, fields);
    uint64_t work = PREDICATE_INDEX_WORK;
    for (uint32_t field = 0; field < fields; field++) {
        List list = lists_get(&by_field, field);
        if (list.count > 0) {
            shared->indices[field] = predicate_index_new(shared->arena, plan, shared->patterns,
                                                         list.items, list.count, &work);
        }
    }
    arena_free(scratch);
}

static void find_row_nodes(EvaluatorShared *shared)
{
    for (uint32_t i = 0; i < shared->plan->node_count; i++) {
        const PlanNode *node = &shared->plan->nodes[i];
        bool asks = node->kind == NODE_PREDICATE && shared->lookups[node->predicate] == LOOKUP_ROW;
        for (uint32_t c = 0; c < node->child_count; c++) {
            asks = asks || shared->asks_rows[node->children[c]];
        }
        shared->asks_rows[i] = asks;
    }
}

EvaluatorShared *evaluator_shared_new(const PlanSet *plan)
{
    Arena *arena = arena_new();
    EvaluatorShared *shared = ARENA_NEW(arena, EvaluatorShared);
    *shared = (EvaluatorShared){
        .arena = arena,
        .plan = plan,
        .patterns = scalar_patterns_new(arena, plan),
        .indices = ARENA_MANY(arena, PredicateIndex *, field_table_count(plan->fields)),
        .lookups = ARENA_MANY(arena, uint8_t, plan->predicate_count),
        .constants = ARENA_MANY(arena, bool, plan->predicate_count),
        .asks_rows = ARENA_MANY(arena, bool, plan->node_count),
    };
    find_constants(shared);
    build_indices(shared);
    find_row_nodes(shared);
    return shared;
}

void evaluator_shared_free(EvaluatorShared *shared)
{
    if (shared != NULL) {
        arena_free(shared->arena);
    }
}
