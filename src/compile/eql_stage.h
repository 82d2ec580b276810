#pragma once
/* EqlStage: what one stage asks of an event: its category, its condition, and that the query sees it. */

#include "compile/query_scope.h"

/* False when it was refused. */
bool eql_stage(QueryScope *scope, const EqlStage *stage, NodeId *out);
/* Of which events the query sees at all, by its index patterns and filters. */
NodeId eql_stage_sees(QueryScope *scope);
