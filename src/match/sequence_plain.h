#pragma once
/* SequencePlain: the slow twin of SequenceRun: the same rules, spelled out as lists that are
 * searched from end to end. Its only use is to check the fast one, and as `--eval=row`.
 *
 * Bounds       open sequences (`max_open`, `max_waiting`), the stalest giving way as in SequenceRun; bytes are not
 *              counted. Events that must be missing are remembered for three times maxspan, and complete
 *              sequences until they are decided. */

#include "match/sequence.h"

typedef struct SequencePlain SequencePlain;
SequencePlain *sequence_plain_new(const QueryPlan *query, const SequenceLimits *limits);
void sequence_plain_free(SequencePlain *plain);
bool sequence_plain_offer(SequencePlain *plain, const Hit *hit, SequenceTake *take, void *context,
                          Err *err) MUST_CHECK;
/* No hit comes any more: gives out what still waits. */
bool sequence_plain_finish(SequencePlain *plain, SequenceTake *take, void *context,
                           Err *err) MUST_CHECK;
/* As sequence_run_finish_at; `left` gets what is not given out. NULL is fine. */
bool sequence_plain_finish_at(SequencePlain *plain, int64_t time, SequenceTake *take,
                              SequenceTake *left, void *context, Err *err) MUST_CHECK;
/* What waits behind `stage` for `key`, as an event at `time` would meet it; but for SEQUENCE_LATEST there may be many. */
typedef struct SequenceWaiting {
    const SequenceEvent *events;   /* up to `stage`, until the next offer */
    const SequenceEvent *first;    /* of them that is not missing */
    bool past_maxspan, past_until; /* it is lost, and goes when it is met */
} SequenceWaiting;
/* The next one from place `from` on, which begins as 0 and is moved behind it; false: no more. */
bool sequence_plain_waiting(const SequencePlain *plain, Str key, uint32_t stage, int64_t time,
                            size_t *from, SequenceWaiting *out);
/* The next stage before (-1) or behind (1) `stage` that wants an event; NO_STAGE if there is none.
 * Behind NO_STAGE comes the first, before stage_count the last. */
#define NO_STAGE UINT32_MAX
uint32_t sequence_plain_beside(const QueryPlan *query, uint32_t stage, int direction);
uint64_t sequence_plain_undecided(const SequencePlain *plain);
uint64_t sequence_plain_evicted(const SequencePlain *plain);
