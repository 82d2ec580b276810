#pragma once
/* EqlCompile: a syntax tree becomes a plan: names become fields, types are checked, leaves are cut
 * at the top-level and/or/not, != and not-in become NOT, runs are spelled out, category and index
 * patterns become predicates like any other.
 *
 * What Elasticsearch refuses is refused with its words (diagnostics, one per problem, offsets into
 * the query's text; eql_error.h makes Elasticsearch's answer of them).
 *
 * Fields       one that a mapping lacks is an error with "did you mean", and null with "?". Where the
 *              mapping grows ("dynamic"), the events decide: see `unmapped`. */

#include "base/json.h"
#include "compile/eql_unmapped.h"
#include "lang/eql.h"
#include "plan/plan.h"

/* Moments that give the same plan as the one that queries call "now". */
typedef struct NowSpan {
    int64_t from_ns, until_ns; /* both inclusive */
} NowSpan;

typedef struct EqlCompileOptions {
    EqlDialect dialect;
    /* Gets the fields that the schema lacks and events may have; ask them, then call eql_unmapped_tell.
     * NULL: under a mapping such a field is refused. */
    EqlUnmapped *unmapped;
    Str timestamp_field;       /* empty = "@timestamp" */
    Str event_category_field;  /* empty = "event.category" */
    Str tiebreaker_field;      /* empty = none */
    const Str *index_patterns; /* which indices' events the query sees; none = all */
    uint32_t index_pattern_count;
    const Json *filters; /* Kibana's, which every event of the query must pass; NULL = none */
    bool events_only;    /* what comes out must be events: "count" is refused */
    const NodeId *seen; /* must hold of every event of the query, as filters must; NULL = nothing */
} EqlCompileOptions;

/* Adds the query to the builder; *query is its index. False when `diagnostics` got errors; the
 * builder then holds some nodes more and no query more. */
bool eql_compile(PlanBuilder *builder, const EqlQuery *tree, const EqlCompileOptions *options,
                 Diagnostics *diagnostics, uint32_t *query) MUST_CHECK;
