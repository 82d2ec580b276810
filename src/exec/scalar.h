#pragma once
/* Scalar: computes one Expr on one combination of values. Slow and plain: the fast paths judge each distinct
 * value once with it, the twin judges every row with it.
 *
 * Scratch      texts that are made live in the arena given; the caller resets it. */

#include "plan/plan.h"

typedef struct ScalarPatterns ScalarPatterns; /* compiled regular expressions of a plan, shared, immutable */
ScalarPatterns *scalar_patterns_new(Arena *arena, const PlanSet *plan);

/* fields[slot] is the value of the predicate's slot-th field. */
Value scalar_evaluate(const ScalarPatterns *patterns, const Expr *expr, const Value *fields, Arena *scratch);

/* True iff some combination of values makes the predicate's expression true. At most SCALAR_MAX_COMBINATIONS are
 * tried; *cut is counted up when that bound bites. */
#define SCALAR_MAX_COMBINATIONS 65536
bool scalar_holds(const ScalarPatterns *patterns, const Predicate *predicate, const Values *values,
                  Arena *scratch, uint64_t *cut);
