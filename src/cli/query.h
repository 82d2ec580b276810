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
    {                                                                                    \
        "mapping", 0, "FILE", false, "Elasticsearch mapping that says the fields' types" \
    }

/* "@FILE" reads the query from a file. NULL when it cannot be compiled; *code then says how to
 * exit. */
const PlanSet *query_compile(Run *run, Str argument, const Schema **schema, int *code);
