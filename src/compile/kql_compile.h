#pragma once
/* KqlCompile: a KQL tree becomes a plan (docs/kql.md).
 *
 * Meaning      exact fields: equal by bytes, "*" any run of characters; analysed text: words and phrases
 *              (base/text_words.h); addresses: blocks too; dates: the whole span that a date names, date math with
 *              `now_ns`; "f : *" asks whether f is there. Each value of a list may be another one of an array's.
 * Fields       one that no schema knows is no error: events may have it. A name with "*" is all fields that fit, no field every
 *              one of the event (query_term.h).
 * Refused      "{": code QUERY_CODE_UNSUPPORTED. */

#include "base/json.h"
#include "compile/eql_compile.h"
#include "lang/kql.h"

typedef struct KqlCompileOptions {
    Str timestamp_field;       /* empty = "@timestamp" */
    Str tiebreaker_field;      /* empty = none */
    const Str *index_patterns; /* which indices' events the query sees; none = all */
    uint32_t index_pattern_count;
    const Json *filters; /* Kibana's filters (query_dsl.h); NULL = none */
    const NodeId *seen;  /* must hold of every event, as filters must; NULL = nothing */
    bool has_now;        /* without, "now" in a date is refused */
    int64_t now_ns;
} KqlCompileOptions;

/* Adds the query to the builder; *query is its index. `text` is what the tree was read from. False when `diagnostics` got
 * errors. */
bool kql_compile(PlanBuilder *builder, Str text, const KqlNode *tree,
                 const KqlCompileOptions *options, Diagnostics *diagnostics,
                 uint32_t *query) MUST_CHECK;
