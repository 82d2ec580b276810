#pragma once
/* SpecExceptions: items of an exception list as a spec writes them, for the queries below: a JSON list of them, each with its
 * "entries". */

#include "compile/kql_compile.h"
#include "rule/rule.h"

/* False, and told in err, when they cannot be read. Value lists stay. */
bool spec_exceptions_read(Arena *arena, Str json, RuleList *out, Err *err) MUST_CHECK;
/* A value list of that id for the exceptions below, a value a line. It is a file until the end of the program. */
bool spec_value_list(RuleList *list, Str id, const Str *lines, uint32_t count, Err *err) MUST_CHECK;
/* What the queries see; what cannot be applied becomes an error. */
bool spec_exceptions_compile(const RuleList *list, PlanBuilder *builder, Diagnostics *diagnostics,
                             NodeId *seen) MUST_CHECK;
