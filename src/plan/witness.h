#pragma once
/* Witness: what must be seen for a condition to hold at all. Predicates of which at least one holds
 * of every event that fits the condition: where none of them has a row, nothing else is asked.
 *
 * What can be one   a predicate over one field that no event without the field fulfils. Not what
 *                   stands under a `not`, no comparison with null, no index pattern (which lets
 *                   events pass whose index is not known), nothing that is asked row by row.
 * Choice            of the conditions joined by `and` the rarest; of those joined by `or` all, and
 *                   none when one of them has none. */

#include "plan/plan.h"

typedef struct Witness {
    const PredicateId *predicates;
    uint32_t count;
    uint64_t rows; /* where they hold, added up */
} Witness;

bool predicate_can_witness(const Predicate *predicate);
bool node_can_witness(const PlanSet *plan, NodeId node);

/* The rarest witness by `rows` of each predicate, or, with NULL, the one with the fewest
 * predicates. False: the condition has none, it is asked on every event. One without predicates:
 * it never holds. */
bool witness_find(const PlanSet *plan, NodeId node, const uint64_t *rows, Arena *arena,
                  Witness *out);
