#pragma once
/* RuleIndex: the index patterns of a rule: "logs-*", "-logs-test-*" (all that the others
 * say, but these). */

#include "rule/rule.h"

/* Why no index can have a name that fits, in words; NULL when one can. */
const char *rule_index_fault(Str pattern);
/* No pattern includes anything. */
bool rule_index_only_excludes(const StrList *patterns);
