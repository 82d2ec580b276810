#pragma once
/* HitSorter: collects hits in any order, gives them back in hit_compare's order, in bounded memory:
 * past the budget a sorted run goes to a temporary file; the runs are merged at the end.
 *
 * Threads      one worker fills one sorter; hit_sorter_merge takes all workers' sorters at once.
 * Bounds       memory: the budget while filling (a single hit that is larger is held alone); while
 *              merging, a read buffer for each of at most 64 runs (or one a sorter) in addition.
 *              Files: two a sorter, without names. */

#include "base/err.h"
#include "match/hit.h"

typedef struct HitSorter HitSorter;

HitSorter *hit_sorter_new(size_t budget_bytes);
void hit_sorter_free(HitSorter *sorter);
bool hit_sorter_add(HitSorter *sorter, const Hit *hit, Err *err) MUST_CHECK; /* copies */
/* No more is added: what is in memory is put in order, which a merge would do else. */
void hit_sorter_sort(HitSorter *sorter);
uint64_t hit_sorter_count(const HitSorter *sorter);
/* Written to files so far, merges included. */
uint64_t hit_sorter_spilled_bytes(const HitSorter *sorter);

/* Calls `take` for every hit in order; the hit is borrowed for the call. Stops early, returning
 * false, when take returns false (which has then filled err). The sorters keep their hits. */
bool hit_sorter_merge(HitSorter **sorters, uint32_t count,
                      bool (*take)(void *context, const Hit *hit, Err *err), void *context,
                      Err *err) MUST_CHECK;
/* The same, and tells of each hit some hits before it is taken, as far as it is in memory: so that `expect` can fetch what
 * the hit will need. */
bool hit_sorter_merge_ahead(HitSorter **sorters, uint32_t count,
                            bool (*take)(void *context, const Hit *hit, Err *err),
                            void (*expect)(void *context, const Hit *hit), void *context,
                            Err *err) MUST_CHECK;
