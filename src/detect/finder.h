#pragma once
/* Finder: the hits of an event query with a finding (plan/finding.h), in hit_compare's order, become what it finds: groups past a
 * threshold, events with new terms, events that meet indicators.
 *
 * Threshold    a match has no event of its own; what it is of stands in Match.found. It comes out when an event
 *              shows that its run is over, or at the end.
 * New terms    a match for each combination of values that is new. Before `since` events are history: they tell nothing.
 * Threats      indicators are the hits of the query's second stage, which come before all others.
 * Bounds       FINDER_MAX_TUPLES combinations of one event's values; what is remembered: finder_bytes, finder_give_way. All
 *              that was lost is counted. */

#include "detect/match.h"
#include "detect/match_documents.h"

#define FINDER_MAX_TUPLES 1024

typedef struct FinderOptions {
    const PlanSet *plan;
    uint32_t query;
    bool has_since;
    int64_t since_ns;
} FinderOptions;

/* Where matches go. */
typedef struct FinderEnd {
    MatcherTake *take;
    void *context;
} FinderEnd;

typedef struct FinderStats {
    uint64_t events_lost;     /* of groups that gave way */
    uint64_t terms_lost;      /* that gave way, and will seem new again */
    uint64_t indicators_lost; /* that there was no room for */
    uint64_t cut; /* events or indicators with more values or matches than are followed */
} FinderStats;

typedef struct Finder Finder;
Finder *finder_new(const FinderOptions *options);
void finder_free(Finder *finder); /* NULL is fine */
bool finder_offer(Finder *finder, const Hit *hit, const FinderEnd *end, Err *err) MUST_CHECK;
bool finder_finish(Finder *finder, const FinderEnd *end, Err *err) MUST_CHECK;
size_t finder_bytes(const Finder *finder);
bool finder_give_way(Finder *finder); /* false when nothing is held */
FinderStats finder_stats(const Finder *finder);
