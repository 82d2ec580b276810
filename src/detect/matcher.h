#pragma once
/* Matcher: hits of all queries, in hit_compare's order, become matches: one event each for event queries, whole
 * sequences for sequence queries, samples for sample queries; then size and pipes.
 *
 * Order        matches come out in order of their last event, over all queries, but for these: a sequence that waits for an
 *              event that must be missing behind it comes out when it is decided, together with those of its query that
 *              it held back; what a tail holds back comes at the end, query by query; and after all that come
 *              samples, query by query, by their keys. What other pipes hold back comes out as what a tail does.
 * Lineage      a stage's hit counts only if the processes known by then say so (match/lineage).
 * Bounds       open sequences per query (SequenceLimits); what all queries remember together: open sequences,
 *              processes, what pipes hold (pipes.h) and findings know (finder.h). Past the budget the query that holds most gives way, its stalest
 *              first. All that gave way is counted. */

#include "detect/finder.h"
#include "detect/pipes.h"
#include "match/lineage.h"

#define MATCHER_BUDGET ((size_t)256 << 20)

typedef struct MatcherOptions {
    bool plain;    /* the slow twins of sequences, samples, lineage and pipes */
    bool has_size; /* cut each query's matches to `size`; where, see pipes.h */
    bool head; /* which end: the first `size`, else the last (unless the first pipe says which) */
    uint64_t size;
    uint64_t max_samples_per_key; /* 0 = 1 */
    SequenceLimits limits;        /* of each sequence query */
    /* A sequence that an event behind it may still forbid when the hits end: it waits, and is counted instead of told. Time
     * has come to `latest`, by query. */
    bool wait_at_end;
    const int64_t *latest; /* borrowed; NULL without wait_at_end */
    bool has_since;        /* what came before tells of no new terms */
    int64_t since_ns;
    DocumentSource documents; /* where pipes read events again; nothing if no query has any */
    PipesWatch *watch;        /* NULL, or matches to follow; not by the twin */
    size_t budget;            /* bytes, for what all queries remember; 0 = MATCHER_BUDGET */
} MatcherOptions;

typedef struct Matcher Matcher;
Matcher *matcher_new(const PlanSet *plan, const MatcherOptions *options);
void matcher_free(Matcher *matcher);
bool matcher_offer(Matcher *matcher, const Hit *hit, MatcherTake *take, void *context,
                   Err *err) MUST_CHECK;
/* The hit will be offered soon. Changes nothing. */
void matcher_expect(Matcher *matcher, const Hit *hit);
bool matcher_finish(Matcher *matcher, MatcherTake *take, void *context, Err *err) MUST_CHECK;
uint64_t matcher_evicted(const Matcher *matcher);           /* sequences */
uint64_t matcher_undecided(const Matcher *matcher);         /* sequences, under wait_at_end */
uint64_t matcher_processes_evicted(const Matcher *matcher); /* that lineage knew */
/* Of one pipe of one query; zeros of the twin. */
PipeCount matcher_pipe(const Matcher *matcher, uint32_t query, uint32_t pipe);
FinderStats matcher_finders(const Matcher *matcher);       /* of all queries together */
PipesStats matcher_pipes(const Matcher *matcher);          /* of all queries together */
uint64_t matcher_combinations_cut(const Matcher *matcher); /* in what pipes ask */
/* Of one query; zeros unless it is a sequence, or asks for lineage, of the fast kind. */
SequenceStats matcher_sequences(const Matcher *matcher, uint32_t query);
LineageStats matcher_lineage(const Matcher *matcher, uint32_t query);
