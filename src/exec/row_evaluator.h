#pragma once
/* RowEvaluator: the slow twin of the evaluator: one event at a time, each node from scratch, from the document
 * tree. Shares nothing with the fast way but `scalar` and the plan. */

#include "event/document.h"
#include "exec/scalar.h"
#include "plan/plan.h"

typedef struct RowEvaluator RowEvaluator;
/* In the arena, but for what it reads: free it before the arena. */
RowEvaluator *row_evaluator_new(Arena *arena, const PlanSet *plan);
void row_evaluator_free(RowEvaluator *evaluator); /* NULL is fine */
/* Looks at this event from now on. */
void row_evaluator_set(RowEvaluator *evaluator, const Document *document);
/* What lineage leaves are to say of it; false all, if not set. */
void row_evaluator_set_lineage(RowEvaluator *evaluator, const LineageFacts *facts);
const Document *row_evaluator_document(const RowEvaluator *evaluator); /* the one it looks at */
bool row_evaluator_holds(RowEvaluator *evaluator, NodeId node);
Values row_evaluator_values(RowEvaluator *evaluator, FieldId field); /* until the next set */
const ScalarPatterns *row_evaluator_patterns(const RowEvaluator *evaluator);
uint64_t row_evaluator_combinations_cut(const RowEvaluator *evaluator);
