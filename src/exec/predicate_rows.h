#pragma once
/* PredicateRows: for one batch, from a predicate to the rows where it holds.
 *
 * Each field's rows are grouped by their set of predicates (verdicts), so the work is one step a row that has
 * any predicate, plus one a predicate of each set present. Rows of a predicate are put together when asked
 * for; how many there are is known without. */

#include "base/bitmap.h"
#include "event/batch.h"
#include "exec/verdicts.h"

typedef struct PredicateRows PredicateRows;

PredicateRows *predicate_rows_new(uint32_t predicate_count);
void predicate_rows_free(PredicateRows *predicate_rows); /* NULL is fine */

/* Forgets the last batch. `within` holds until the next start. */
void predicate_rows_start(PredicateRows *predicate_rows, uint32_t rows, const Word *within);
/* `codes` NULL: no row has the field. `within`: of the rows that take part those to look at; NULL = all. */
void predicate_rows_add_field(PredicateRows *predicate_rows, const Verdicts *verdicts,
                              const uint32_t *codes, const Word *within);

uint32_t predicate_rows_count(const PredicateRows *predicate_rows, PredicateId predicate);
/* Never a row outside `within`; NULL when there are none. Until the next start. */
const Word *predicate_rows_get(PredicateRows *predicate_rows, PredicateId predicate);

/* An empty bitmap for the rows of this batch, until the next start. */
Word *predicate_rows_bitmap(PredicateRows *predicate_rows);
