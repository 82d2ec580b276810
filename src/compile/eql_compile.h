#pragma once
/* EqlCompile: a syntax tree becomes a plan: names become fields, types are checked, leaves are cut
 * at the top-level and/or/not, != and not-in become NOT, runs are spelled out, category and index
 * patterns become predicates like any other.
 *
 * What Elasticsearch refuses is refused with its words (diagnostics, one per problem, offsets into
 * the query's text). Fields: with a strict schema an unknown one is an error with "did you mean";
 * "?" makes it null. */

#include "base/diagnostic.h"
#include "lang/eql.h"
#include "plan/plan.h"

typedef struct EqlCompileOptions {
    Str timestamp_field;       /* empty = "@timestamp" */
    Str event_category_field;  /* empty = "event.category" */
    Str tiebreaker_field;      /* empty = none */
    const Str *index_patterns; /* which indices' events the query sees; none = all */
    uint32_t index_pattern_count;
} EqlCompileOptions;

/* Adds the query to the builder; *query is its index. False when `diagnostics` got errors; the
 * builder then holds some nodes more and no query more. Samples and missing events: ERR "not
 * supported yet" as an error diagnostic of code "unsupported" at their place. */
bool eql_compile(PlanBuilder *builder, const EqlQuery *tree, const EqlCompileOptions *options,
                 Diagnostics *diagnostics, uint32_t *query) MUST_CHECK;
