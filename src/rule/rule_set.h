#pragma once
/* RuleSet: many rules compiled into one plan. Immutable; swapped as a whole.
 *
 * A rule that cannot run is in `skipped` with its reason; nothing is left out silently. Under a mapping a rule may name fields
 * that the mapping lacks and events may have: read the events with rule_set_watch, then ask rule_set_lacks of each rule. */

#include "compile/eql_unmapped.h"
#include "plan/plan.h"
#include "rule/rule.h"

typedef struct RuleSkip {
    const Rule *rule;
    const char *reason; /* short, constant, for counting: "query error", ... */
    Str detail;         /* the message with line and column where there is one */
} RuleSkip;

typedef struct RuleSet {
    Arena *arena;
    const PlanSet *plan;
    const Rule **rules; /* rules[i] is query i of the plan */
    uint32_t count;
    const EqlUnmapped *unmapped; /* of each rule; NULL without a mapping */
    const RuleSkip *skipped;
    uint32_t skipped_count;
    const RuleSkip *warnings; /* rules that run, but not wholly as written */
    uint32_t warning_count;
    /* Exceptions expire, and queries ask for "now": the set is the same for all moments above the one, up to the other. */
    int64_t now_above_ns, now_upto_ns;
} RuleSet;

typedef struct RuleFilter { /* which rules take part; empty lists = all */
    StrList names; /* --rule: rule_id, id or name, or a part of the name, whatever its case */
    StrList tags;  /* --tag: any of them, exact but for case */
    bool has_min_severity;
    RuleSeverity min_severity;
} RuleFilter;

bool rule_filter_passes(const RuleFilter *filter, const Rule *rule);

/* The plan's fields include what alerts and overrides need only where rows hit (read from the
 * document), so they are not in it. Borrows the list. */
RuleSet *rule_set_build(Arena *arena, const RuleList *list, const Schema *schema,
                        const RuleFilter *filter);

/* What the events are to be asked about; NULL = nothing. Free it with field_watch_free. */
FieldWatch *rule_set_watch(const RuleSet *set);
/* True when the rule names a field that the mapping lacks and none of the `seen` events has; with `seen` NULL, none of which is
 * known that events have it. */
bool rule_set_lacks(const RuleSet *set, uint32_t rule, const FieldWatch *seen, RuleSkip *why);
