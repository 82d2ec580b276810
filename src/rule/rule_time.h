#pragma once
/* RuleTime: which events a rule sees by their times. Kibana's runs see those of a window of time: by "timestamp_override" where an
 * event has that field, else by @timestamp, unless "timestamp_override_fallback_disabled". Over files the window is all there
 * is; what remains is that without that fallback an event must have the field. */

#include "plan/plan.h"
#include "rule/rule.h"

/* `seen`, and what the rule says of times. */
NodeId rule_time_seen(PlanBuilder *plan, const Rule *rule, NodeId seen);
