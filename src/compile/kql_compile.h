#pragma once
/* KqlCompile: a KQL tree becomes a plan (docs/kql.md).
 *
 * Meaning      exact fields: equal by bytes, "*" any run of characters; analysed text: words and phrases
 *              (base/text_words.h); addresses: blocks too; dates: the whole span that a date names, date math with
 *              `now_ns`; "f : *" asks whether f is there. Each value of a list may be another one of an array's.
 * Fields       one that no schema knows is no error: events may have it. A name with "*" is all fields that fit, no field every
 *              one of the event (query_term.h).
 * Refused      "{": code QUERY_CODE_UNSUPPORTED. */

#include "compile/event_query.h"
#include "lang/kql.h"

/* Adds the query to the builder; *query is its index. `text` is what the tree was read from. False when `diagnostics` got
 * errors. */
bool kql_compile(PlanBuilder *builder, Str text, const KqlNode *tree,
                 const EventQueryOptions *options, Diagnostics *diagnostics,
                 uint32_t *query) MUST_CHECK;
