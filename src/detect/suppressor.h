#pragma once
/* Suppressor: of matches that have the same values in the fields that their rule names, the first goes on, and says how many there
 * were.
 *
 * Values       of a query's event each value of an array is one (and the event is in as many groups), as Elasticsearch's buckets
 *              have it; of an EQL event an array is one value, in whatever order; of a sequence or sample a field has the
 *              values that all its events share, in the order of the first.
 * Time         the events' own. A group begins with its first match and takes what comes up to the rule's duration later; without
 *              one it takes all of the run.
 * Order        a group goes on when a match shows that its time is over; the others at the end, in order of their beginnings.
 *              Matches of rules that suppress nothing go on at once.
 * Bounds       SUPPRESSOR_BUDGET bytes for all groups: past it the rule that holds most lets its oldest go on early, which is counted; so
 *              are combinations of values past SUPPRESSOR_MAX_GROUPS for one event. */

#include "detect/match.h"
#include "detect/match_documents.h"
#include "rule/rule_set.h"

#define SUPPRESSOR_BUDGET     ((size_t)128 << 20)
#define SUPPRESSOR_MAX_GROUPS 1024

typedef struct SuppressorOptions {
    const RuleSet *rules;
    DocumentSource documents; /* where events are read again */
    Str space;
    MatcherTake *take;
    void *context;
    size_t budget; /* 0 = SUPPRESSOR_BUDGET */
} SuppressorOptions;

typedef struct SuppressorCount {
    uint64_t suppressed; /* matches that a group took beside its first */
    uint64_t early;      /* groups that went on before their time, for want of memory */
    uint64_t cut;        /* combinations of one event's values past the bound */
} SuppressorCount;

typedef struct Suppressor Suppressor;
Suppressor *suppressor_new(const SuppressorOptions *options);
void suppressor_free(Suppressor *suppressor);
bool suppressor_offer(Suppressor *suppressor, const Match *match, Err *err) MUST_CHECK;
bool suppressor_finish(Suppressor *suppressor, Err *err) MUST_CHECK;
SuppressorCount suppressor_count(const Suppressor *suppressor, uint32_t query);
