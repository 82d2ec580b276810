#pragma once
/* Query: what `search` and `explain` do with a query's text: read it, compile it, tell what is
 * wrong with it. */

#include "cli/verb.h"
#include "compile/eql_compile.h"

#define OPTIONS_QUERY                                                                    \
    {"timestamp-field", 0, "FIELD", false, "the events' time (default @timestamp)"},     \
        {"event-category-field", 0, "FIELD", false,                                      \
         "what stands before 'where' (default event.category)"},                         \
        {"tiebreaker-field", 0, "FIELD", false, "orders events of the same time"},       \
        {"language", 0, "eql|kuery|lucene", false,                                       \
         "what the query is written in: EQL (default), KQL, Lucene"},                    \
        {"dialect", 0, "elasticsearch|extended", false,                                  \
         "which queries are taken: what Elasticsearch takes, or also what\n"             \
         "is ours alone (default)"},                                                     \
    {                                                                                    \
        "mapping", 0, "FILE", false, "Elasticsearch mapping that says the fields' types" \
    }

typedef struct Query {
    const PlanSet *plan;
    const Schema *schema;
    Str name, text; /* "query", or the file it was read from */
    EqlUnmapped unmapped;
    FieldWatch *watch; /* for the unmapped fields; NULL when there are none */
    bool json_errors;  /* errors in EQL are told as Elasticsearch's API does; set by the caller */
} Query;

/* "@FILE" reads the query from a file. False when it cannot be compiled; *code then says how to
 * exit. */
bool query_compile(Run *run, Str argument, Query *query, int *code);
void query_done(Query *query);

/* Tells of fields that no event has, as `watch` found. False when that is an error. */
bool query_tell_unmapped(Run *run, const Query *query);
void query_tell_unasked(Run *run, const Query *query); /* tells what events would have to confirm */
