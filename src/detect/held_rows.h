#pragma once
/* HeldRows: what is known of a batch's rows for hits that are held (match/held_hits): the number of a row's moment by
 * each clock, and of its keys by each list of join keys. Queries have few clocks and few lists in common, so that each is
 * found out once a row; keys that are one field's, once for each of its dictionary's codes.
 *
 * Threads      belongs to one hit maker. */

#include "event/batch.h"
#include "plan/plan.h"

#define HELD_UNKNOWN 0u
#define HELD_NONE    1u /* there is none: the row makes no such hit */
#define HELD_FIRST   2u /* the number 0 */

typedef struct HeldRows HeldRows;
HeldRows *held_rows_new(const PlanSet *plan);
void held_rows_free(HeldRows *rows);

/* Nothing is known of any row of the batch; what codes stand for stays known. */
void held_rows_begin(HeldRows *rows, const Batch *batch);
/* All numbers mean something else from now on. */
void held_rows_forget(HeldRows *rows);

/* Where what is known stands, to be filled in; borrowed until the next call. `slot` as in query_slot. */
uint32_t *held_rows_moment(HeldRows *rows, uint32_t query, uint32_t row);
uint32_t *held_rows_key(HeldRows *rows, uint32_t query, uint32_t slot, uint32_t row);
