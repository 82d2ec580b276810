#pragma once
/* IndexPatterns: the indices that a query sees, as a condition like any other. */

#include "plan/plan.h"

/* "logs-*", "-x" excludes; all indices when there are none. */
NodeId index_patterns_node(PlanBuilder *builder, const Str *patterns, uint32_t count);
