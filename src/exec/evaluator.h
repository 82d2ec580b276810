#pragma once
/* Evaluator: the fast way. Judges each distinct value of a field once (which predicates hold of it), turns that
 * into rows per predicate, and computes the nodes of all queries as sets of rows. No loop over rules x events.
 *
 * Lifetimes    one per worker, over many batches; verdicts live as long as the dictionaries' epoch.
 * Rows         evaluator_rows is valid until the next evaluator_run. */

#include "base/bitmap.h"
#include "event/batch.h"
#include "exec/evaluator_profile.h"
#include "exec/scalar.h"
#include "plan/plan.h"

typedef struct EvaluatorShared
    EvaluatorShared; /* matchers per field: built once, immutable, for all workers */
EvaluatorShared *evaluator_shared_new(const PlanSet *plan);
void evaluator_shared_free(EvaluatorShared *shared);

typedef struct Evaluator Evaluator;
Evaluator *evaluator_new(const EvaluatorShared *shared);
void evaluator_free(Evaluator *evaluator);

/* `within`: rows that take part at all (a time range); NULL = every row of the batch. Both are
 * borrowed until the next run. */
void evaluator_run(Evaluator *evaluator, Batch *batch, const Word *within);
/* The rows of the last batch where a node holds; NULL when none. */
const Word *evaluator_rows(Evaluator *evaluator, NodeId node);
/* True when it is told without looking at rows that there are none. */
bool evaluator_is_dead(Evaluator *evaluator, NodeId node);

/* From now on only these nodes are asked for. Of a field with `many` values or more to judge in a batch, or long ones, only
 * those are judged that stand in a row in which one of the nodes can hold; not while a profile is kept. */
void evaluator_ask_only(Evaluator *evaluator, const NodeId *nodes, uint32_t count, uint32_t many);
/* Less is judged at once for less than telling the rows costs. */
#define EVALUATOR_MANY       512u
#define EVALUATOR_MUCH_BYTES ((size_t)32 * 1024)

const ScalarPatterns *evaluator_patterns(const Evaluator *evaluator);

/* From now on, count what evaluator_profile.h tells. */
void evaluator_start_profile(Evaluator *evaluator);
void evaluator_add_profile(const Evaluator *evaluator, EvaluatorProfile *to);

typedef struct EvaluatorStats {
    uint64_t values_judged;    /* distinct values looked at */
    uint64_t rows_judged;      /* rows asked for LOOKUP_ROW predicates */
    uint64_t combinations_cut; /* scalar_holds' bound */
} EvaluatorStats;
EvaluatorStats evaluator_stats(const Evaluator *evaluator);
