#pragma once
/* Why: why a query matched an event, or did not: found by its _id, judged stage by stage, and, for
 * sequences and samples, followed through what the query made of it.
 *
 * Lifetimes    a report lives in the arena given to why_run; why_report_done ends it.
 * Cost         every event is read as a document, to find the one; then the query's hits are gone
 *              through once for each event found.
 * Bounds       WHY_MAX_EVENTS events of the same _id, WHY_MAX_KEYS join keys of each; more are
 *              counted. */

#include "detect/scan.h"
#include "event/document.h"
#include "exec/row_evaluator.h"
#include "match/sequence_trace.h"

#define WHY_MAX_EVENTS 5
#define WHY_MAX_KEYS   32

typedef enum WhyVerdict {
    WHY_MATCHED,
    WHY_OUTSIDE,    /* of since and until */
    WHY_FITS_NOT,   /* no stage */
    WHY_NO_KEY,     /* it fits, but lacks a join key */
    WHY_NO_TIME,    /* it fits, but has no time to order it by */
    WHY_UNFINISHED, /* it fits; what became of its sequence, `trace` tells */
    WHY_CUT,        /* it is part of a match that size or pipes cut off */
    WHY_EVICTED,    /* it is part of a match that was not found: too many sequences were open */
} WhyVerdict;

typedef struct WhyStage {
    bool fits;
    bool by_lineage;            /* it does not, and would with another lineage */
    const JoinKey *missing_key; /* NULL: it has all join keys, or needs none */
} WhyStage;

typedef struct WhyKey {
    Str key;              /* a tuple, as in a hit */
    uint64_t *stage_hits; /* by stage; behind the last, until: events that fit with this key */
} WhyKey;

typedef struct WhyEvent {
    EventPlace place;
    Document document;
    bool is_inside; /* of since and until */
    bool has_time;
    int64_t time;          /* by the query's timestamp field */
    WhyStage *stages;      /* behind the last, until */
    LineageFacts facts;    /* at its time */
    uint64_t *source_hits; /* by source: events that fitted it by then */
    WhyKey *keys;
    uint32_t key_count;
    uint64_t keys_cut;
    SequenceTrace *trace; /* of a sequence query; NULL when the event has no hit */
    uint64_t matches;     /* given out, with the event in them */
    SequenceEvent *match; /* the first of them */
    uint32_t match_count; /* its events */
    WhyVerdict verdict;
    bool cut_is_known;  /* of WHY_CUT: */
    const Pipe *cut_by; /* the pipe that none of its matches got past; NULL: the request's size */
} WhyEvent;

typedef struct WhyReport {
    const PlanSet *plan;
    uint32_t query;
    RowEvaluator *evaluator; /* to look at the events with */
    ARRAY(WhyEvent) events;
    uint64_t more; /* events of this _id beyond WHY_MAX_EVENTS */
} WhyReport;

/* One query of the plan, the event's _id. `options` as for a search, without takes. */
typedef struct WhyQuestion {
    const PlanSet *plan;
    uint32_t query;
    Str id;
    const ScanOptions *options;
} WhyQuestion;

bool why_run(const WhyQuestion *question, InputSet *input, Arena *arena, WhyReport *report,
             ScanStats *stats, Err *err) MUST_CHECK;
void why_report_done(WhyReport *report);
