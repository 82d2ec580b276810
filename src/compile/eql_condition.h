#pragma once
/* EqlCondition: a condition becomes a node of the plan. It is cut at its top-level "and", "or",
 * "not"; what is between them are leaves, each true or not on its own. */

#include "compile/query_scope.h"

/* False, and *out untouched, when something in it was refused. */
bool eql_condition(QueryScope *scope, EqlNode *condition, NodeId *out);
