#include "detect/scan_costs.h"

typedef struct Costing {
    Arena *arena;
    const PlanSet *plan;
    const ScanProfile *profile;
    ScanCosts *costs;
    uint64_t *predicate_rows;
    uint32_t *node_users;
    uint32_t *visit; /* by node: the last visit that met it */
    uint32_t visits;
} Costing;

typedef void Visit(Costing *costing, NodeId node, QueryCost *cost);

/* Each node of the query once, however often the query uses it. */
static void walk(Costing *costing, NodeId id, Visit *visit, QueryCost *cost)
{
    if (costing->visit[id] == costing->visits) {
        return;
    }
    costing->visit[id] = costing->visits;
    const PlanNode *node = &costing->plan->nodes[id];
    visit(costing, id, cost);
    for (uint32_t i = 0; i < node->child_count; i++) {
        walk(costing, node->children[i], visit, cost);
    }
}

static void walk_query(Costing *costing, uint32_t query, Visit *visit)
{
    const QueryPlan *plan = &costing->plan->queries[query];
    QueryCost *cost = &costing->costs->queries[query];
    costing->visits++;
    for (uint32_t i = 0; i < query_slots(plan); i++) {
        const Stage *stage = query_slot(plan, i);
        if (stage == NULL) {
            continue;
        }
        walk(costing, stage->node, visit, cost);
        for (uint32_t c = 0; stage->leaf_count > 0 && c < 1u << stage->leaf_count; c++) {
            walk(costing, stage->cases[c], visit, cost);
        }
    }
}

static void count_user(Costing *costing, NodeId id, QueryCost *cost)
{
    (void)cost;
    const PlanNode *node = &costing->plan->nodes[id];
    costing->node_users[id]++;
    if (node->kind == NODE_PREDICATE) {
        costing->costs->predicate_users[node->predicate]++;
    }
}

static void add_time(Costing *costing, NodeId id, QueryCost *cost)
{
    cost->time_ns += costing->profile->evaluator->nodes[id].time_ns / costing->node_users[id];
}

/* The index patterns stand in each stage, joined to the rest by `and`. */
static uint64_t seen_by(const Costing *costing, NodeId id)
{
    const PlanNode *node = &costing->plan->nodes[id];
    const EvaluatorProfile *counted = costing->profile->evaluator;
    if (node->kind == NODE_PREDICATE &&
        costing->plan->predicates[node->predicate].expr->kind == EXPR_INDEX) {
        return counted->predicates[node->predicate].rows_out;
    }
    uint64_t seen = counted->rows;
    for (uint32_t i = 0; node->kind == NODE_AND && i < node->child_count; i++) {
        uint64_t here = seen_by(costing, node->children[i]);
        seen = here < seen ? here : seen;
    }
    return seen;
}

static void add_stage(const Costing *costing, NodeId node, const StageCount *count, QueryCost *cost,
                      StageCost *out)
{
    out->has_witness =
        witness_find(costing->plan, node, costing->predicate_rows, costing->arena, &out->witness);
    cost->has_witness = cost->has_witness && out->has_witness;
    cost->hits += count->hits;
}

/* The stages of a run are one question. */
static void add_asked(const QueryPlan *plan, QueryCost *cost)
{
    for (uint32_t i = 0; i < query_slots(plan); i++) {
        const StageCost *stage = &cost->stages[i];
        if (query_slot(plan, i) == NULL) {
            continue;
        }
        if (i == 0 || i >= plan->stage_count || plan->stages[i].node != plan->stages[i - 1].node) {
            cost->asked += stage->has_witness ? stage->witness.rows : cost->seen;
        }
    }
}

static void cost_query(Costing *costing, uint32_t query)
{
    const QueryPlan *plan = &costing->plan->queries[query];
    const QueryCount *count = &costing->profile->queries[query];
    QueryCost *cost = &costing->costs->queries[query];
    *cost = (QueryCost){
        .time_ns = count->match_ns,
        .seen = seen_by(costing, plan->stages[0].condition),
        .stages = ARENA_MANY(costing->arena, StageCost, query_slots(plan)),
        .has_witness = true,
    };
    walk_query(costing, query, add_time);
    for (uint32_t i = 0; i < query_slots(plan); i++) {
        const Stage *stage = query_slot(plan, i);
        if (stage != NULL) {
            add_stage(costing, stage->node, &count->stages[i], cost, &cost->stages[i]);
        }
    }
    add_asked(plan, cost);
    costing->costs->time_ns += cost->time_ns;
}

ScanCosts *scan_costs_new(Arena *arena, const ScanProfile *profile)
{
    const PlanSet *plan = profile->plan;
    ScanCosts *costs = ARENA_NEW(arena, ScanCosts);
    *costs = (ScanCosts){
        .profile = profile,
        .queries = ARENA_MANY(arena, QueryCost, plan->query_count),
        .predicate_users = ARENA_MANY(arena, uint32_t, plan->predicate_count),
    };
    Costing costing = {
        .arena = arena,
        .plan = plan,
        .profile = profile,
        .costs = costs,
        .predicate_rows = ARENA_MANY(arena, uint64_t, plan->predicate_count),
        .node_users = ARENA_MANY(arena, uint32_t, plan->node_count),
        .visit = ARENA_MANY(arena, uint32_t, plan->node_count),
    };
    for (PredicateId i = 0; i < plan->predicate_count; i++) {
        costing.predicate_rows[i] = profile->evaluator->predicates[i].rows_out;
    }
    for (uint32_t i = 0; i < plan->query_count; i++) {
        walk_query(&costing, i, count_user);
    }
    for (uint32_t i = 0; i < plan->query_count; i++) {
        cost_query(&costing, i);
    }
    return costs;
}

/* A predicate's rows are counted whether the node was asked or not; a `not` in an `and` is taken off by the
 * rows of what it negates, and is itself never asked. */
NodeCount scan_costs_node(const ScanCosts *costs, NodeId id)
{
    const EvaluatorProfile *counted = costs->profile->evaluator;
    const PlanNode *node = &costs->profile->plan->nodes[id];
    NodeCount count = counted->nodes[id];
    if (node->kind == NODE_PREDICATE) {
        count.rows_in = counted->predicates[node->predicate].rows_in;
        count.rows_out = counted->predicates[node->predicate].rows_out;
    } else if (node->kind == NODE_NOT && count.rows_in == 0) {
        NodeCount negated = scan_costs_node(costs, node->children[0]);
        count.rows_in = negated.rows_in;
        count.rows_out = negated.rows_in - negated.rows_out;
    }
    return count;
}
