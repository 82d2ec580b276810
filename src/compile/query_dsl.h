#pragma once
/* QueryDsl: Elasticsearch's queries written as JSON become conditions, as far as rules' filters and exceptions use them.
 *
 * Kinds        bool, match_all, match_none, term, terms, ids, match, match_phrase, multi_match, query_string, prefix, wildcard, regexp, range, exists.
 *              Others are refused by
 *              name, code QUERY_CODE_UNSUPPORTED; so are options that would change what is found.
 * Places       JSON has no place in the query's text: diagnostics stand at its beginning and name the kind. */

#include "base/json.h"
#include "compile/query_term.h"

bool query_dsl_condition(QueryScope *scope, const Json *query, NodeId *out) MUST_CHECK;

/* Kibana's filters: an array of {"meta": {"negate", "disabled"}, "query": {...}}, which must all hold. NULL: none. */
bool query_dsl_filters(QueryScope *scope, const Json *filters, NodeId *out) MUST_CHECK;
