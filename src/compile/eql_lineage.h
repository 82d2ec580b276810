#pragma once
/* EqlLineage: "child of [..]", "descendant of [..]", "event of [..]": a leaf that one event alone cannot decide. Its subquery
 * becomes a source of the query, which marks processes; equal subqueries are one source.
 *
 * Only in the extended dialect, only where there is an order of time, and only as a condition or under and, or,
 * not.
 * Bounds       LINEAGE_MAX_LEAVES of them in one condition, LINEAGE_MAX_SOURCES subqueries in a query. */

#include "compile/query_scope.h"

/* The fields of ids. */
#define LINEAGE_PROCESS_PATH "process.entity_id"
#define LINEAGE_PARENT_PATH  "process.parent.entity_id"

/* False when it was refused. */
bool eql_lineage(QueryScope *scope, EqlNode *node, NodeId *out);
/* Refuses it for where it stands. */
void eql_lineage_refuse(QueryScope *scope, const EqlNode *node);
/* False when the stage's condition has too many of them; told. */
bool eql_lineage_fits(QueryScope *scope, const EqlStage *stage, NodeId condition);
/* All sources so far. */
LineagePlan eql_lineage_plan(QueryScope *scope);
