#pragma once
/* EventQuery: what a query that looks at one event has around its condition, whatever language it is in: indices, filters, times. */

#include "base/json.h"
#include "compile/query_scope.h"

typedef struct EventQueryOptions {
    Str timestamp_field;       /* empty = "@timestamp" */
    Str tiebreaker_field;      /* empty = none */
    const Str *index_patterns; /* which indices' events the query sees; none = all */
    uint32_t index_pattern_count;
    const Json *filters; /* Kibana's filters (query_dsl.h); NULL = none */
    const NodeId *seen;  /* must hold of every event, as filters must; NULL = nothing */
    bool has_now;        /* without, "now" in a date is refused */
    int64_t now_ns;
    NowSpan *now_span; /* NULL, or narrowed to the moments that give the same plan as this one */
    NodeId *condition; /* NULL, or gets what an event must fit; then no query is added */
} EventQueryOptions;

QueryScope event_query_scope(PlanBuilder *builder, Str text, const EventQueryOptions *options,
                             Diagnostics *diagnostics);
/* Adds the query of a `condition`, which counts only if it is `sound`; *query is its index. False when there are errors. */
bool event_query_add(QueryScope *scope, NodeId condition, bool sound,
                     const EventQueryOptions *options, uint32_t *query) MUST_CHECK;

/* Parses and compiles a query in KQL, or in Lucene's query strings if `language` is "lucene". */
bool event_query_compile(PlanBuilder *builder, Str language, Str text,
                         const EventQueryOptions *options, Diagnostics *diagnostics,
                         uint32_t *query) MUST_CHECK;
