#pragma once
/* RowPredicates: conditions over two or more fields, asked row by row, each row of a batch at most once. */

#include "base/bitmap.h"
#include "event/batch.h"
#include "exec/predicate_rows.h"
#include "exec/scalar.h"

typedef struct RowPredicates RowPredicates;

RowPredicates *row_predicates_new(const PlanSet *plan, const ScalarPatterns *patterns);
void row_predicates_free(RowPredicates *row_predicates); /* NULL is fine */

void row_predicates_start(RowPredicates *row_predicates,
                          const Batch *batch); /* forgets the last one */
/* The rows among `candidates` where the predicate holds, and perhaps others that were asked before: the caller cuts
 * them off. Bitmaps come from `bitmaps`. */
const Word *row_predicates_get(RowPredicates *row_predicates, PredicateRows *bitmaps,
                               PredicateId predicate, const Word *candidates);

/* The rows a predicate was asked about over all batches, and those where it held. */
uint64_t row_predicates_asked(const RowPredicates *row_predicates, PredicateId predicate);
uint64_t row_predicates_held(const RowPredicates *row_predicates, PredicateId predicate);

uint64_t row_predicates_judged(const RowPredicates *row_predicates); /* rows, over all batches */
uint64_t row_predicates_cut(const RowPredicates *row_predicates);
