#pragma once
/* SpecExceptions: items of an exception list as a spec writes them, for the queries below: a JSON list of them, each with its
 * "entries". */

#include "compile/kql_compile.h"
#include "rule/rule.h"

/* False, and told in err, when they cannot be read. */
bool spec_exceptions_read(Arena *arena, Str json, RuleList *out, Err *err) MUST_CHECK;
/* What the queries see; what cannot be applied becomes an error. */
bool spec_exceptions_compile(const RuleList *list, PlanBuilder *builder, Diagnostics *diagnostics,
                             NodeId *seen) MUST_CHECK;
