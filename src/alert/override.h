#pragma once
/* Override: what of a rule the event itself decides: how severe, how risky, under which name. */

#include "event/document.h"
#include "rule/rule.h"

typedef struct Override {
    Str name;
    RuleSeverity severity; /* the highest of the mappings that fit, else the rule's */
    double risk_score;     /* the highest number 0..100 in the mapped field, else the rule's */
} Override;

/* The rule's own values. */
Override override_none(const Rule *rule);
/* Text lives in the arena or is the rule's. */
Override override_of(Arena *arena, const Rule *rule, const Document *event);
