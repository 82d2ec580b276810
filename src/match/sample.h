#pragma once
/* Sample: "for one key an event that fits A, another that fits B, and another that fits C", in any order and at any time.
 *
 * SampleRun    the events of the key at hand, for one query; fed with its hits in hit_compare's order, which brings all hits
 *              of a key together, the keys in ascending order.
 *
 * Rules        of each stage the first (stages + samples - 1) events of the key are candidates, in the order of their places.
 *              A sample is one candidate of each stage, no event twice. Samples come in the order of their
 *              candidates, the first stage's turning slowest, and end after `max_per_key`.
 * Bounds       28 bytes a candidate, of one key at a time: nothing has to give way, whatever the number of keys.
 * Cost         the next sample is found without trying what cannot be completed: stages by candidates. */

#include "match/sequence.h"

typedef struct SampleRun SampleRun;
SampleRun *sample_run_new(const QueryPlan *query, uint64_t max_per_key);
void sample_run_free(SampleRun *run);
/* Samples of a key are given out when the next key comes, or at the end. The events' times are 0.
 * False only when `take` returned false. */
bool sample_run_offer(SampleRun *run, const Hit *hit, SequenceTake *take, void *context,
                      Err *err) MUST_CHECK;
bool sample_run_finish(SampleRun *run, SequenceTake *take, void *context, Err *err) MUST_CHECK;

/* How many candidates of a stage are tried. */
uint64_t sample_candidates(const QueryPlan *query, uint64_t max_per_key);
