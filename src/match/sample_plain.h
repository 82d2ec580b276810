#pragma once
/* SamplePlain: the slow twin of SampleRun: the same rules, spelled out over a list of all hits that came. Its only use is to
 * check the fast one, and as `--eval=row`.
 *
 * Bounds       none: every hit is remembered, and every choice of events is tried. */

#include "match/sequence.h"

typedef struct SamplePlain SamplePlain;
SamplePlain *sample_plain_new(const QueryPlan *query, uint64_t max_per_key);
void sample_plain_free(SamplePlain *plain);
void sample_plain_offer(SamplePlain *plain, const Hit *hit);
bool sample_plain_finish(SamplePlain *plain, SequenceTake *take, void *context,
                         Err *err) MUST_CHECK;
