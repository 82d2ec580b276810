#pragma once
/* EqlPipe: the pipes of a query, compiled: their conditions and terms are asked of matches, and stand in a plan of their
 * own (PlanSet.pipes).
 *
 * Fields       a bare one is that of the first event that is there, "events[N].path" that of the N-th. Behind count and
 *              unique_count, "count" and "percent" are what they found out; behind count there is nothing else.
 * Bounds       EQL_MAX_PIPES a query. */

#include "compile/eql_value.h"

#define EQL_MAX_PIPES 256

/* Sets plan->pipes and plan->asked; the stages are there already. False when something was refused. */
bool eql_pipes(QueryScope *scope, const EqlQuery *tree, QueryPlan *plan);

/* Inside of a pipe: what the count pipes add, if the field's name means that. */
bool eql_pipe_counted(QueryScope *scope, EqlNode *node, EqlValue *out);
/* Whether the field can be asked there, and where it stands in events; false when that was refused. */
bool eql_pipe_path(QueryScope *scope, EqlNode *node, Str *path);
/* The field of an expression in a pipe. */
FieldId eql_pipe_field(QueryScope *scope, const EqlNode *node, FieldId field);
