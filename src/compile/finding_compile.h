#pragma once
/* FindingCompile: what a rule of a kind of its own says beyond its query becomes a FindingPlan; its fields are asked of each event
 * that hits. */

#include "plan/plan.h"

typedef struct FindingEntry {
    Str event, indicator; /* paths */
    bool negated;
} FindingEntry;

typedef struct FindingItem {
    const FindingEntry *entries;
    uint32_t entry_count;
} FindingItem;

/* See FindingPlan. */
typedef struct FindingWords {
    FindingKind kind;
    const Str *fields; /* paths; FINDING_MAX_FIELDS at most */
    uint32_t field_count;
    Str distinct; /* empty: none */
    uint64_t least, least_distinct;
    int64_t interval_ns, from_ns, to_ns, history_ns;
    const FindingItem *items;
    uint32_t item_count;
} FindingWords;

/* `indicators`: the condition of those, with FINDING_THREATS. `timestamp`, a path: that of events. Gives the query's index. */
uint32_t finding_compile(PlanBuilder *builder, const FindingWords *words, NodeId events,
                         NodeId indicators, Str timestamp);
