#include "exec/evaluator_profile.h"

EvaluatorProfile *evaluator_profile_new(Arena *arena, const PlanSet *plan)
{
    EvaluatorProfile *profile = ARENA_NEW(arena, EvaluatorProfile);
    *profile = (EvaluatorProfile){
        .plan = plan,
        .predicates = ARENA_MANY(arena, PredicateCount, plan->predicate_count),
        .nodes = ARENA_MANY(arena, NodeCount, plan->node_count),
    };
    return profile;
}

void evaluator_profile_add(EvaluatorProfile *to, const EvaluatorProfile *from)
{
    assert(to->plan == from->plan);
    to->rows += from->rows;
    to->values_judged += from->values_judged;
    to->nodes_ns += from->nodes_ns;
    for (uint32_t i = 0; i < to->plan->predicate_count; i++) {
        to->predicates[i].rows_in += from->predicates[i].rows_in;
        to->predicates[i].rows_out += from->predicates[i].rows_out;
    }
    for (uint32_t i = 0; i < to->plan->node_count; i++) {
        to->nodes[i].rows_in += from->nodes[i].rows_in;
        to->nodes[i].rows_out += from->nodes[i].rows_out;
        to->nodes[i].time_ns += from->nodes[i].time_ns;
    }
}
