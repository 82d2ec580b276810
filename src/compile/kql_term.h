#pragma once
/* KqlTerm: what a KQL query says of one field: its values, joined by "or", become as few predicates as they can. */

#include "compile/eql_value.h"
#include "compile/kql_compile.h"

typedef struct KqlScope {
    QueryScope *base;
    bool has_now;
    int64_t now_ns;
    const char *origin; /* of a query in JSON, in messages; NULL: a filter */
} KqlScope;

#define KQL_EXACT_KINDS (COMPARE_AS_VERSION + 1)

typedef struct KqlTerm {
    const KqlWord *name;
    EqlValue field;
    ARRAY(Value) exact[KQL_EXACT_KINDS]; /* by CompareAs */
    ARRAY(Value) patterns;
    ARRAY(Value) regexes; /* patterns that hold * or ? as themselves */
    ARRAY(Value) phrases;
    ARRAY(Value) word_patterns;
    ARRAY(NodeId) nodes; /* what is no item of a list */
} KqlTerm;

/* False when the field cannot be asked for. */
bool kql_term_init(KqlScope *scope, const KqlWord *name, KqlTerm *term);
bool kql_term_add(KqlScope *scope, KqlTerm *term, const KqlWord *value);
/* Each condition that the term stands for, to be joined by "or". */
typedef ARRAY(NodeId) KqlNodes;
void kql_term_finish(KqlScope *scope, const KqlTerm *term, KqlNodes *to);

/* A literal text, or (with `wildcards`) one whose * and ? mean any run and any character, as a regular expression. */
void kql_append_regex(Buffer *out, Str text, bool wildcards);
/* Counts a regular expression's states; false, and told, when it is too large. */
bool kql_check_states(KqlScope *scope, QuerySpan where, Str regex);

/* field op value */
bool kql_term_range(KqlScope *scope, const KqlNode *range, NodeId *out);
