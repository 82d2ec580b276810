#pragma once
/* HeldHits: hits of queries about several events, held small until all is read. Nearly all of them are part of no
 * match: another stage of their query never occurs, or not with their keys. match/hit_sieve tells which may be, and
 * only those become hits in full.
 *
 * Sharing      what the hits of one event have in common, its moment by a query's clock and its join keys, is held
 *              once; a hit itself is two numbers.
 * Threads      one worker fills one; afterwards hit_sieve reads all workers'.
 * Bounds       memory: the budget while filling, then one part of that size. What is past it goes to a temporary
 *              file, as a part whose numbers stand for nothing outside of it. */

#include "base/err.h"
#include "match/hit.h"

typedef struct HeldMoment {
    int64_t time, time_fine; /* as of a hit */
    EventPlace place;
    uint32_t tiebreaker_at, tiebreaker_len; /* in the part's texts */
} HeldMoment;

typedef struct HeldKey {
    uint64_t hash; /* of `keys` of a hit, by held_hits_hash */
    uint32_t at, len;
    uint16_t tuples, unused[3];
} HeldKey;

typedef struct HeldHit {
    uint32_t moment, key;
} HeldHit;

/* Hits of one stage that stand side by side. */
typedef struct HeldGroup {
    uint32_t query, stage; /* as of a hit */
    uint64_t first, count;
} HeldGroup;

typedef struct HeldPart {
    HeldMoment *moments;
    HeldKey *keys;
    HeldHit *hits;
    HeldGroup *groups;
    char *texts;
    size_t moment_count, key_count, hit_count, group_count, text_len;
} HeldPart;

/* Which queries' hits may be held: those of sequences without lineage, and of samples. */
bool held_hits_fit(const QueryPlan *query);

typedef struct HeldHits HeldHits;
/* `seed` is the same for all workers. */
HeldHits *held_hits_new(const PlanSet *plan, size_t budget_bytes, uint64_t seed);
void held_hits_free(HeldHits *held);

/* Numbers, good until the next held_hits_spill. Texts are copied. */
uint32_t held_hits_moment(HeldHits *held, const Hit *hit); /* its time, place and tiebreaker */
uint32_t held_hits_key(HeldHits *held, const Hit *hit);    /* its keys */
void held_hits_add(HeldHits *held, uint32_t query, uint16_t stage, HeldHit hit);
bool held_hits_is_full(const HeldHits *held);
bool held_hits_spill(HeldHits *held, Err *err) MUST_CHECK;

uint64_t held_hits_count(const HeldHits *held);
typedef struct HeldCount {
    uint64_t hits;
    uint64_t tuples; /* of join keys that they have, together */
} HeldCount;
HeldCount held_hits_count_of(const HeldHits *held, uint32_t query, uint16_t stage);
uint64_t held_hits_spilled_bytes(const HeldHits *held);

bool held_hits_end(HeldHits *held, Err *err) MUST_CHECK; /* no more is added */
uint32_t held_hits_parts(const HeldHits *held);
/* Borrowed until the next call; NULL on failure. */
const HeldPart *held_hits_part(HeldHits *held, uint32_t number, Err *err) MUST_CHECK;
uint64_t held_hits_hash(const HeldHits *held, Str key);
