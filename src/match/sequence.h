#pragma once
/* Sequence: "first A, then B, then C, for one key, within a span of time, and no D between".
 *
 * SequenceRun  how far each key has come, for one query; fed with its hits in hit_compare's order.
 *
 * Rules        of a query that tells the match of the latest start: one pending slot per stage and key; a later start replaces an earlier one; a stage
 *              takes and clears the slot before it, even when maxspan or until then refuse the match;
 *              maxspan is inclusive; an until event at or after the last matched event, before the
 *              next, ends the sequence. Of one that tells those of each start, or all: see sequence_many.h. Stages that must be missing take no part in this; see absence.h
 *              for what they say about a sequence that is complete.
 * Order        matches are given out in order of their last event. One that waits for what must be
 *              missing behind it holds back those that complete after it, until it is decided or
 *              sequence_run_finish says that nothing comes any more.
 * Keys         a hit with several key tuples is offered for each. No keys: one tuple of nothing.
 * Bounds       open slots (`max_open`) and all bytes that they, waiting matches and the times of what
 *              must be missing hold (`max_bytes`); the stalest gives way, and sequence_run_evicted
 *              tells how many did. What maxspan has passed is dropped without counting. The stalest is,
 *              with a maxspan, what began first (it has the least time left); without, the one that has
 *              waited longest for its next event.
 * Cost         a hit looks its key up once; what expires is found at the end of a list. */

#include "base/err.h"
#include "match/hit.h"

typedef struct SequenceLimits {
    size_t max_open;    /* 0 = 1,000,000 */
    size_t max_bytes;   /* 0 = 256 MiB */
    size_t max_waiting; /* of SEQUENCE_ALL, for one key; 0 = 10,000 */
} SequenceLimits;

#define SEQUENCE_MAX_OPEN    ((size_t)1000000)
#define SEQUENCE_MAX_BYTES   ((size_t)256 << 20)
#define SEQUENCE_MAX_WAITING ((size_t)10000)

typedef struct SequenceEvent {
    EventPlace place;
    int64_t time;
    bool missing; /* no event stands here; place and time mean nothing */
} SequenceEvent;

/* Borrowed for the call. */
typedef struct SequenceMatch {
    const SequenceEvent *events; /* one a stage */
    uint32_t event_count;
    Str key; /* the key tuple */
} SequenceMatch;

typedef bool SequenceTake(void *context, const SequenceMatch *match, Err *err);

typedef struct SequenceRun SequenceRun;
SequenceRun *sequence_run_new(const QueryPlan *query, const SequenceLimits *limits);
void sequence_run_free(SequenceRun *run);
/* False only when `take` returned false. */
bool sequence_run_offer(SequenceRun *run, const Hit *hit, SequenceTake *take, void *context,
                        Err *err) MUST_CHECK;
/* The hit will be offered soon: with many keys, fetches from memory what it will look at. Changes nothing. */
void sequence_run_expect(SequenceRun *run, const Hit *hit);
/* No hit comes any more: gives out what still waits. */
bool sequence_run_finish(SequenceRun *run, SequenceTake *take, void *context, Err *err) MUST_CHECK;
/* The same where the end of the hits is not the end of all events: time is known to have come to `time`. What an event
 * behind it may still forbid is counted, and not given out. SEQUENCE_OVER: as sequence_run_finish. */
#define SEQUENCE_OVER INT64_MAX
bool sequence_run_finish_at(SequenceRun *run, int64_t time, SequenceTake *take, void *context,
                            Err *err) MUST_CHECK;
typedef struct SequenceStats {
    uint64_t begun; /* first events, a key each */
    uint64_t completed;
    uint64_t forbidden;             /* of the completed: an event that must be missing was there */
    uint64_t undecided;             /* of the completed: left by sequence_run_finish_at */
    uint64_t expired;               /* dropped when maxspan had passed */
    uint64_t evicted;               /* gave way to the bounds */
    uint64_t open, bytes;           /* now; waiting matches are open, too */
    uint64_t most_open, most_bytes; /* at any one time */
} SequenceStats;
SequenceStats sequence_run_stats(const SequenceRun *run);
uint64_t sequence_run_evicted(const SequenceRun *run);
/* The stalest gives way to what others hold, and is counted with those that gave way to the bounds. False when nothing is
 * held. */
bool sequence_run_evict(SequenceRun *run);
size_t sequence_run_open(const SequenceRun *run);  /* unfinished, or waiting to be given out */
size_t sequence_run_bytes(const SequenceRun *run); /* held; 0 when there is nothing to remember */
