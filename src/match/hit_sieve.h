#pragma once
/* HitSieve: which of all workers' held hits can be part of a match. Those of a query of which some stage never occurs
 * can not; nor those with a key that the stage which occurs least never has. What a stage says that must be missing, or
 * an until, matters only where all other stages occur with its key.
 *
 * Queries with stages that must be missing keep all hits if they can match at all: by their times it is decided
 * when a sequence that waits comes out.
 *
 * Threads      made by one; then each worker's hits are sifted by a thread of its own.
 * Bounds       keys to compare with: so many of one query, and of all; a query with more keeps all its hits. What is kept
 *              does not depend on the number of workers. */

#include "match/held_hits.h"
#include "match/hit_sorter.h"

typedef struct HitSieve HitSieve;
/* `keep_all`: nothing falls through, for whoever asks what became of a hit. NULL on failure. */
HitSieve *hit_sieve_new(const PlanSet *plan, HeldHits *const *held, uint32_t count, bool keep_all,
                        Err *err) MUST_CHECK;
void hit_sieve_free(HitSieve *sieve);
bool hit_sieve_sift(const HitSieve *sieve, HeldHits *held, HitSorter *sorter, Err *err) MUST_CHECK;
