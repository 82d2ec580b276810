#pragma once
/* SequencePlain: the slow twin of SequenceRun: the same rules, spelled out as lists that are
 * searched from end to end. Its only use is to check the fast one, and as `--eval=row`.
 *
 * Bounds       open sequences (`max_open`), the stalest giving way as in SequenceRun; bytes are not
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
uint64_t sequence_plain_evicted(const SequencePlain *plain);
