#pragma once
/* SequenceMany: the unfinished sequences of a query that tells more of one key than the match of the latest start: any
 * number may wait at one stage.
 *
 * Rules        SEQUENCE_STARTS: an event takes on all that wait at the stage before its own, so that each start has one
 *              sequence, which goes on as early as it can. SEQUENCE_ALL: what waits also stays, as another event may
 *              take it on, too. Nothing takes another's place. Until ends all of a key.
 * Order        the sequences that one event completes come in the order of their events, the first stage's first.
 * Bounds       SEQUENCE_ALL: `max_waiting` for one key, as an event goes through all of them; of those that began first the
 *              longest gives way and is counted. SequenceRun keeps the bounds of all together: the stalest is, with
 *              a maxspan, what began first, and of those that began with the same event, what stands first and the longer
 *              before what it was made of; without a maxspan, what has waited longest.
 * Cost         SEQUENCE_STARTS: a sequence is copied once a stage. SEQUENCE_ALL: an event costs as many steps as sequences
 *              of its key wait.
 * Threads      belongs to one SequenceRun. */

#include "match/absence.h"

typedef struct SequenceMany SequenceMany;

/* `steps`: stages of the query that are not missing, two or more. */
SequenceMany *sequence_many_new(const QueryPlan *query, uint32_t steps, size_t max_waiting);
void sequence_many_free(SequenceMany *many);

typedef struct ManyKey {
    uint64_t hash;
    Str key;
} ManyKey;

typedef struct ManyEvent {
    ManyKey key;
    uint32_t step; /* which one of the sequence it is */
    AbsenceStep at;
    int64_t latest; /* of a first one: L, see absence.h */
} ManyEvent;

/* Borrowed for the call. */
typedef struct ManyMatch {
    const AbsenceStep *steps;
    int64_t latest; /* as it came with the first event */
    bool spoiled;   /* one that must be missing lay between two steps */
} ManyMatch;

typedef bool ManyTake(void *context, const ManyMatch *match, Err *err);

/* False only when `take` returned false. */
bool sequence_many_offer(SequenceMany *many, const ManyEvent *event, ManyTake *take, void *context,
                         Err *err) MUST_CHECK;
/* An event was there, at `ms`, that must be missing in front of the step `before`, which is not the first. */
void sequence_many_forbid(SequenceMany *many, const ManyKey *key, uint32_t before, int64_t ms);
void sequence_many_end(SequenceMany *many, const ManyKey *key); /* until */

/* Drops what maxspan has passed; how many. */
uint64_t sequence_many_expire(SequenceMany *many, int64_t time);
bool sequence_many_stalest(const SequenceMany *many, int64_t *began); /* false: nothing waits */
void sequence_many_evict_stalest(SequenceMany *many);                 /* there is one */
size_t sequence_many_count(const SequenceMany *many);
size_t sequence_many_bytes(const SequenceMany *many);
uint64_t sequence_many_cut(const SequenceMany *many); /* gave way to `max_waiting` */
