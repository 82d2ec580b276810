#pragma once
/* RuleSuppression: what a rule's "alert_suppression" asks: matches that have the same values in some fields are one alert, for a time or
 * for the whole run. */

#include "rule/rule.h"

typedef struct RuleSuppression {
    StrList fields;
    bool has_duration;
    int64_t duration_ns;
    bool
        missing_apart; /* a match without one of the fields is an alert of its own; else null is a value too */
} RuleSuppression;

/* False: the rule suppresses nothing. `fields` lives in the arena. */
bool rule_suppression_get(Arena *arena, const Rule *rule, RuleSuppression *out);
