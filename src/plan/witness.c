#include "plan/witness.h"

#include "base/array.h"
#include "plan/expr.h"

/* "arrayCount(..) > 2": no zero will do. */
static bool wants_some(const Expr *expr)
{
    if (expr->kind != EXPR_COMPARE || expr->args[0]->kind != EXPR_COUNT ||
        expr->args[1]->kind != EXPR_LITERAL || expr->args[1]->literal.kind != VALUE_INT) {
        return false;
    }
    int64_t wanted = expr->args[1]->literal.integer;
    return expr->op == OP_EQUAL           ? wanted != 0
           : expr->op == OP_GREATER       ? wanted >= 0
           : expr->op == OP_GREATER_EQUAL ? wanted > 0
                                          : false;
}

/* True when it may hold of an event that has none of its fields. */
static bool may_hold_of_nothing(const Expr *expr)
{
    uint32_t may = 0;
    switch (expr->kind) {
    case EXPR_AND:
    case EXPR_OR:
        for (uint32_t i = 0; i < expr->arg_count; i++) {
            may += may_hold_of_nothing(expr->args[i]);
        }
        return may == expr->arg_count || (may > 0 && expr->kind == EXPR_OR);
    /* A search finds nothing where there is nothing, whatever it looks for. */
    case EXPR_SEARCH: return false;
    default: return !wants_some(expr) && !expr_is_null_of_nothing(expr);
    }
}

bool predicate_can_witness(const Predicate *predicate)
{
    return predicate->field_count == 1 && !may_hold_of_nothing(predicate->expr);
}

static bool any_child_can(const PlanSet *plan, const PlanNode *node)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (node_can_witness(plan, node->children[i])) {
            return true;
        }
    }
    return false;
}

static bool every_child_can(const PlanSet *plan, const PlanNode *node)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (!node_can_witness(plan, node->children[i])) {
            return false;
        }
    }
    return true;
}

bool node_can_witness(const PlanSet *plan, NodeId id)
{
    const PlanNode *node = &plan->nodes[id];
    switch (node->kind) {
    case NODE_FALSE: return true;
    case NODE_TRUE:
    case NODE_NOT:
    case NODE_LINEAGE: return false;
    case NODE_PREDICATE: return predicate_can_witness(&plan->predicates[node->predicate]);
    case NODE_AND: return any_child_can(plan, node);
    case NODE_OR: return every_child_can(plan, node);
    }
    assert(!"no such node");
    return false;
}

static bool rarer(const Witness *a, const Witness *b)
{
    return a->rows != b->rows ? a->rows < b->rows : a->count < b->count;
}

static bool rarest_of(const PlanSet *plan, const PlanNode *node, const uint64_t *rows, Arena *arena,
                      Witness *out)
{
    bool found = false;
    for (uint32_t i = 0; i < node->child_count; i++) {
        Witness witness;
        if (witness_find(plan, node->children[i], rows, arena, &witness) &&
            (!found || rarer(&witness, out))) {
            *out = witness;
            found = true;
        }
    }
    return found;
}

static bool all_of(const PlanSet *plan, const PlanNode *node, const uint64_t *rows, Arena *arena,
                   Witness *out)
{
    ARRAY(PredicateId) all = {0};
    uint64_t sum = 0;
    for (uint32_t i = 0; i < node->child_count; i++) {
        Witness witness;
        if (!witness_find(plan, node->children[i], rows, arena, &witness)) {
            return false;
        }
        for (uint32_t p = 0; p < witness.count; p++) {
            ARRAY_PUSH(arena, &all, witness.predicates[p]);
        }
        sum += witness.rows;
    }
    *out = (Witness){all.items, all.count, sum};
    return true;
}

bool witness_find(const PlanSet *plan, NodeId id, const uint64_t *rows, Arena *arena, Witness *out)
{
    const PlanNode *node = &plan->nodes[id];
    switch (node->kind) {
    case NODE_FALSE: *out = (Witness){0}; return true;
    case NODE_TRUE:
    case NODE_NOT:
    case NODE_LINEAGE: return false;
    case NODE_PREDICATE:
        *out = (Witness){&node->predicate, 1, rows != NULL ? rows[node->predicate] : 0};
        return predicate_can_witness(&plan->predicates[node->predicate]);
    case NODE_AND: return rarest_of(plan, node, rows, arena, out);
    case NODE_OR: return all_of(plan, node, rows, arena, out);
    }
    assert(!"no such node");
    return false;
}
