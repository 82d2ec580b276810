#pragma once
/* StageCases: what can be asked of one event where a condition has lineage leaves: the condition under each way the leaves
 * can be true or false. Which one holds is known later, when the events are in order. */

#include "plan/plan.h"

/* The distinct lineage leaves of a condition, by source and relation; how many. `out` has room for one more than
 * LINEAGE_MAX_LEAVES; that many may be more. */
uint32_t stage_leaves(const PlanBuilder *builder, NodeId condition, LineageLeaf *out);

/* From its `node`, which is a condition of LINEAGE_MAX_LEAVES leaves at most: all but keys and `missing`. */
void stage_set_cases(Stage *stage, PlanBuilder *builder);

/* The sources whose descendants a leaf asks for, a bit each. */
uint32_t stage_inherited(const Stage *stage);

/* Which of the cases it is. */
uint32_t stage_case(const Stage *stage, const LineageFacts *facts);
