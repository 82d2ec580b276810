#pragma once
/* Lint: what in a rule can be read but cannot be meant. No false alarm is acceptable: a check
 * that cannot be sure keeps silent. Each finding is a Diagnostic with a code; offsets into the
 * query's text.
 *
 * wildcard-in-exact  * or ? inside == or in (never a wildcard there) where the text looks like a
 *                    pattern
 * maxspan-lookback   a sequence's maxspan is longer than the rule's look-back: such sequences are
 *                    never found
 * unknown-field      no known schema has the field
 * repeated-item      an item stands twice in a list (also by case in case-insensitive ones), or
 *                    is covered by another */

#include "event/schema.h"
#include "rule/rule.h"

void lint_rule(const Rule *rule, const Schema *schema, Diagnostics *findings);
