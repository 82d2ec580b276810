#pragma once
/* QueryDslLeaf: the kinds of Elasticsearch's queries that ask something of fields; query_dsl.c joins them. `kind` is the query's one
 * member: its key the kind's name. */

#include "base/json.h"
#include "compile/query_term.h"

bool query_dsl_exists(QueryScope *scope, const Json *kind, NodeId *out);
bool query_dsl_ids(QueryScope *scope, const Json *kind, NodeId *out);
bool query_dsl_match(QueryScope *scope, const Json *kind, NodeId *out);
bool query_dsl_match_phrase(QueryScope *scope, const Json *kind, NodeId *out);
bool query_dsl_multi_match(QueryScope *scope, const Json *kind, NodeId *out);
bool query_dsl_prefix(QueryScope *scope, const Json *kind, NodeId *out);
bool query_dsl_query_string(QueryScope *scope, const Json *kind, NodeId *out);
bool query_dsl_range(QueryScope *scope, const Json *kind, NodeId *out);
bool query_dsl_regexp(QueryScope *scope, const Json *kind, NodeId *out);
bool query_dsl_term(QueryScope *scope, const Json *kind, NodeId *out);
bool query_dsl_terms(QueryScope *scope, const Json *kind, NodeId *out);
bool query_dsl_wildcard(QueryScope *scope, const Json *kind, NodeId *out);

/* ---- what query_dsl.c has for all kinds ---- */

/* Says "filter: ..."; false. */
bool query_dsl_refuse(QueryScope *scope, const char *code, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* What says how well an event fits, or where a filter comes from, changes nothing here. */
bool query_dsl_is_harmless(Str key);
/* The one member of `body` that is no harmless option, or NULL. */
const Json *query_dsl_only_member(const Json *body);
Str query_dsl_text(const Json *value);
