#pragma once
/* RuleFinding: what rules of the types threshold, new_terms and threat_match say beyond their query, and how they become plans. */

#include "compile/event_query.h"
#include "compile/finding_compile.h"
#include "rule/rule_set.h"

typedef struct RuleText RuleText;

/* False for a rule each of whose events is an alert. */
bool rule_has_finding(const Rule *rule);
/* What the table of fields cannot say of these types. How many errors were told. */
uint32_t rule_finding_check(RuleList *list, const RuleText *where, const Rule *rule);
/* Of a rule that was checked, and has a finding; into the arena of the diagnostics. False when it cannot be run: either
 * `diagnostics` has errors in its query, or *why says what else. */
bool rule_finding_compile(PlanBuilder *plan, const Rule *rule, const EventQueryOptions *options,
                          Diagnostics *diagnostics, RuleSkip *why, uint32_t *query) MUST_CHECK;
/* Of a threat_match rule: where an indicator keeps what it is. */
Str rule_indicator_path(const Rule *rule);
