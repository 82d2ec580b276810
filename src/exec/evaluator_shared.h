#pragma once
/* EvaluatorShared: what all evaluators of a plan look at and none writes: the indices of the fields, and what is known of
 * predicates and nodes before there is an event. Made and freed through evaluator.h. */

#include "exec/evaluator.h"
#include "exec/predicate_index.h"

struct EvaluatorShared {
    Arena *arena;
    const PlanSet *plan;
    const ScalarPatterns *patterns;
    PredicateIndex **indices; /* by field; NULL where no predicate looks at it alone */
    uint8_t *lookups;         /* by predicate */
    bool *constants;          /* by predicate: what a constant one says */
    bool *asks_rows;          /* by node: there is a predicate below that is asked per row */
};
