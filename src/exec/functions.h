#pragma once
/* Functions: EQL's 16 functions over values.
 *
 * Null         in an argument gives null, but for the ones said below.
 * Texts        an argument that wants a text takes any value's text form (value_to_text).
 * Places       count UTF-16 units from 0; inside a surrogate pair means before it.
 *
 *     between(s, left, right, greedy)  "" when not found, s when one of the three is ""; greedy: up to the last `right`
 *     indexOf(s, x, start)      null when not found and when start is past the end; start null is 0
 *     number(s, base)           null when unreadable (Elasticsearch fails the query); base null: 16 after "0x"
 *     stringContains(s, x)      false for an empty x; startsWith and endsWith are true for it
 *     substring(s, start, end)  as Python's s[start:end]; null start is 0, null end is the end
 *     cidrMatch(ip, blocks)     false for what is no address and for what is no block
 *
 * Cost         linear in the texts' lengths.
 *
 * The arithmetic ones are exec/arithmetic. `fold`: the ~ form; texts are compared folded, results are the
 * original's. */

#include "plan/plan.h"

/* Texts of the result are borrowed from the arguments or live in the scratch arena. */
Value function_apply(FunctionId function, bool fold, const Value *args, uint32_t arg_count,
                     Arena *scratch);
