#pragma once
/* QueryDate: dates as KQL, Lucene's query strings and the Query DSL write them: what leaves parts out is the span of all that it
 * may mean; date math, `now` only where the query has one. */

#include "compile/field_literal.h"
#include "compile/query_scope.h"

/* False when it is no date; query_date_refuse says why. */
bool query_date(const QueryScope *scope, FieldType type, Str text, FieldLiteral *out);
void query_date_refuse(QueryScope *scope, Str field, Str text, QuerySpan where);
