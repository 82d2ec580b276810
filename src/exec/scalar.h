#pragma once
/* Scalar: computes one Expr on one combination of values. Slow and plain: the fast paths judge each distinct
 * value once with it, the twin judges every row with it.
 *
 * Three values true, false, null; AND, OR and NOT by Kleene; a text "true" or "false" counts as the boolean.
 * Texts        LIKE, REGEX and the string items of a folded IN look at any value's text form. */

#include "plan/plan.h"

/* The compiled regular expressions of a plan. Immutable, shared by all threads; lives in the arena.
 *
 * Every pattern has been through regex_compile when its query was compiled, so that the user was told what is
 * wrong with it and where; a pattern that does not compile here is a bug of ours. */
typedef struct ScalarPatterns ScalarPatterns;
ScalarPatterns *scalar_patterns_new(Arena *arena, const PlanSet *plan);

/* fields[slot] is the value of the predicate's slot-th field; there is no array function in it. Texts of the result may live in the scratch arena. */
Value scalar_evaluate(const ScalarPatterns *patterns, const Expr *expr, const Value *fields,
                      Arena *scratch);

/* True iff some combination of values makes the predicate's expression true; values[slot] are those of its slot-th
 * field. At most SCALAR_MAX_COMBINATIONS are tried, or as many as the field with the most values has, up to
 * SCALAR_MAX_VALUES, so that an event costs no more than its length allows; *cut is counted up when that bound bites.
 * `scratch` is reset freely: the values must not live in it. */
#define SCALAR_MAX_COMBINATIONS 4096
#define SCALAR_MAX_VALUES       65536
/* What the texts that functions make for one combination may take; past it they give null, and *cut is counted up. */
#define SCALAR_MAX_SCRATCH ((size_t)32 << 20)
/* How often the conditions of array functions are evaluated, over all combinations. Those past it are taken for not true,
 * and *cut is counted up. */
#define SCALAR_MAX_BODIES 65536
bool scalar_holds(const ScalarPatterns *patterns, const Predicate *predicate, const Values *values,
                  Arena *scratch, uint64_t *cut);

/* The distinct values of the formula over the same combinations, in order of their first; null is none. No more than
 * SCALAR_MAX_RESULTS, of SCALAR_MAX_RESULT_BYTES (as keys) together; *cut is counted up past that, too. They live in
 * `arena`, not in `scratch`. */
#define SCALAR_MAX_RESULTS      1024
#define SCALAR_MAX_RESULT_BYTES ((size_t)1 << 20)
Values scalar_values(const ScalarPatterns *patterns, const Formula *formula, const Values *values,
                     Arena *arena, Arena *scratch, uint64_t *cut);

/* The compiled items of an EXPR_REGEX of the plan, one a item. */
typedef struct Regex Regex;
const Regex *const *scalar_patterns_of(const ScalarPatterns *patterns, const Expr *expr);
