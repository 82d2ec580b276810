#pragma once
/* ScanCosts: what a profile says about each query: its share of the time, how many events its
 * index patterns let it see, and the witness that the events chose.
 *
 * Time         a node's time is shared equally by all queries that use it, whoever asked first;
 *              matching is each query's own. Reading events and judging their values is done once
 *              for all queries, and is nobody's. */

#include "detect/scan_profile.h"
#include "plan/witness.h"

typedef struct StageCost {
    bool has_witness; /* else asked on every event that the query sees */
    Witness witness;
} StageCost;

typedef struct QueryCost {
    uint64_t time_ns;
    uint64_t seen;     /* events inside of since and until that its index patterns let pass */
    StageCost *stages; /* by slot */
    uint64_t asked;    /* on how many events a condition had to be looked at, over all stages */
    uint64_t hits;     /* of all stages and until */
    bool has_witness;  /* every stage and until has one */
} QueryCost;

typedef struct ScanCosts {
    const ScanProfile *profile;
    QueryCost *queries;
    uint64_t time_ns;          /* of all queries */
    uint32_t *predicate_users; /* by predicate: how many queries use it */
} ScanCosts;

/* What a node let through, and its time. */
NodeCount scan_costs_node(const ScanCosts *costs, NodeId id);

/* In the arena; borrows the profile. */
ScanCosts *scan_costs_new(Arena *arena, const ScanProfile *profile);
