#pragma once
/* EvaluatorProfile: what an evaluator counts when it is told to: how many rows went into each
 * predicate and node, how many came out, and the time of each node.
 *
 * Lifetimes    in the arena; each worker's evaluator has one, and they are added up at the end.
 * Cost         none for an evaluator that has none. */

#include "plan/plan.h"

typedef struct PredicateCount {
    /* Every row that takes part; of a predicate that is asked per row, those it was asked about. */
    uint64_t rows_in;
    uint64_t rows_out; /* where it held */
} PredicateCount;

typedef struct NodeCount {
    /* Rows it was asked about, and those of them where it held. What is known of a batch is not
     * asked again; of a node that is asked per row, each asking counts. */
    uint64_t rows_in, rows_out;
    uint64_t time_ns; /* without the time of its children */
} NodeCount;

typedef struct EvaluatorProfile {
    const PlanSet *plan;
    uint64_t rows;              /* that took part: within since and until */
    uint64_t values_judged;     /* distinct values looked at */
    uint64_t nodes_ns;          /* all nodes together */
    PredicateCount *predicates; /* by PredicateId */
    NodeCount *nodes;           /* by NodeId */
} EvaluatorProfile;

EvaluatorProfile *evaluator_profile_new(Arena *arena, const PlanSet *plan);
/* Both of the same plan. */
void evaluator_profile_add(EvaluatorProfile *to, const EvaluatorProfile *from);
