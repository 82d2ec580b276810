#pragma once
/* ExplainWitness: for each stage of a query the conditions that can be its witness (witness.h),
 * read aloud, each on a line; the rarest of them decides when the query is run. */

#include "base/buffer.h"
#include "plan/witness.h"

void explain_witnesses(Buffer *out, const PlanSet *plan, uint32_t query);
/* "a == 1", or "any of a == 1, b == 2": one line, no newline. */
void explain_witness(Buffer *out, const PlanSet *plan, const Witness *witness);

#define NO_WITNESS "no witness: asked on every event"
