#pragma once
/* NodeBounds: of some nodes, the rows in which each can hold at all, told without looking at the values of some fields.
 * In all other rows those fields need not be judged: whatever their predicates said, no node would hold.
 *
 * Lifetimes    in the arena, one per evaluator; the rows are valid until the next node_bounds_find. */

#include "exec/evaluator.h"

typedef struct NodeBounds NodeBounds;

NodeBounds *node_bounds_new(Arena *arena, const PlanSet *plan, const NodeId *nodes, uint32_t count);

/* `left_out`, by field: its predicates have no rows yet. All others have, and the evaluator is asked about them.
 * `within`: the rows that take part. */
void node_bounds_find(NodeBounds *bounds, Evaluator *evaluator, const bool *left_out,
                      const Word *within, uint32_t rows);
/* The rows in which a field that is left out matters. */
const Word *node_bounds_rows(const NodeBounds *bounds, FieldId field);
