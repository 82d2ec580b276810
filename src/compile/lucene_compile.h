#pragma once
/* LuceneCompile: the tree of a query string becomes a plan (docs/lucene.md).
 *
 * Meaning      as KQL's (query_term.h): exact fields are equal by bytes, analysed text has words and phrases. Clauses that must hold,
 *              may, must not: those that may count only where none must.
 * Refused      regular expressions over analysed text; fuzzy terms and phrases already by the parser. */

#include "compile/event_query.h"
#include "lang/lucene.h"

/* As kql_compile. */
bool lucene_compile(PlanBuilder *builder, Str text, const LuceneNode *tree,
                    const EventQueryOptions *options, Diagnostics *diagnostics,
                    uint32_t *query) MUST_CHECK;

/* How a query string is asked where it stands in a query of its own (query_dsl.h). */
typedef struct LuceneContext {
    const Str *fields; /* where a value without one is looked for; none = everywhere */
    uint32_t field_count;
    bool all;       /* words of analysed text must all be there */
    bool no_places; /* the text is not the scope's own: what is wrong has no place in it */
} LuceneContext;
bool lucene_condition(QueryScope *scope, const LuceneNode *tree, const LuceneContext *context,
                      NodeId *out) MUST_CHECK;
