#pragma once
/* SequencePlain: the slow twin of SequenceRun: the same rules, spelled out as lists that are
 * searched from end to end, with nothing dropped early. Its only use is to check the fast one, and
 * as `--eval=row`.
 *
 * Bounds       open sequences (`max_open`), the stalest giving way as in SequenceRun; bytes are not
 *              counted, and every until event is remembered. */

#include "match/sequence.h"

typedef struct SequencePlain SequencePlain;
SequencePlain *sequence_plain_new(const QueryPlan *query, const SequenceLimits *limits);
void sequence_plain_free(SequencePlain *plain);
bool sequence_plain_offer(SequencePlain *plain, const Hit *hit, SequenceTake *take, void *context,
                          Err *err) MUST_CHECK;
uint64_t sequence_plain_evicted(const SequencePlain *plain);
