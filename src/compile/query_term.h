#pragma once
/* QueryTerm: what KQL, Lucene's query strings and the Query DSL say of one field, or of all fields that fit a pattern: values,
 * joined by "or", which become as few predicates as they can.
 *
 * Fields       of a pattern ('*' in its name; "*" alone: every field of the event) each kind of field is a part of its own, for its
 *              values are compared as its type says. There a value that a type cannot be is passed over; a field by its own name
 *              refuses it, or doubts it where no mapping speaks.
 * Analysed     text: the words of a text, its phrases, patterns of single words. */

#include "compile/eql_value.h"

/* A piece of the query. */
typedef struct QueryText {
    Str text;
    QuerySpan where;
} QueryText;

#define QUERY_EXACT_KINDS (COMPARE_AS_VERSION + 1)

typedef struct QueryPart {
    const Expr *field; /* NULL: a pattern's that nothing was asked of yet */
    SchemaField kind;
    ARRAY(Value) exact[QUERY_EXACT_KINDS]; /* by CompareAs */
    ARRAY(Value) patterns;
    ARRAY(Value) regexes;
    ARRAY(Value) phrases;
    ARRAY(Value) word_patterns;
    ARRAY(NodeId) nodes; /* what is no item of a list */
} QueryPart;

typedef struct QueryTerm {
    Str name;
    QuerySpan where;
    bool is_pattern;
    QueryPart *parts; /* none: a field that the mapping lacks, and that no event can have */
    uint32_t part_count;
} QueryTerm;

typedef ARRAY(NodeId) QueryNodes; /* to be joined */

/* False when the field cannot be asked for. */
bool query_term_init(QueryScope *scope, QueryText name, bool is_pattern, QueryTerm *term);
/* Whether the field is there. */
bool query_term_add_any(QueryScope *scope, QueryTerm *term);
/* Equals; in analysed text the words are in it: any of them, or (phrase) all in a row. */
bool query_term_add_text(QueryScope *scope, QueryTerm *term, QueryText text, bool phrase);
/* Equals as it stands: in analysed text it is one of the words as they are kept, or none. */
bool query_term_add_as_is(QueryScope *scope, QueryTerm *term, QueryText text);
/* Equals without regard to case. */
bool query_term_add_folded(QueryScope *scope, QueryTerm *term, QueryText text);
/* All words of the text are in analysed text; else it equals. */
bool query_term_add_words(QueryScope *scope, QueryTerm *term, QueryText text);

/* '*' any run of characters, '?' one; a backslash takes their meaning. */
typedef struct QueryPattern {
    QueryText pattern;
    bool fold;
    bool words; /* for analysed text each word of it is a pattern of its own */
} QueryPattern;
bool query_term_add_pattern(QueryScope *scope, QueryTerm *term, const QueryPattern *pattern);
/* A regular expression, as in EQL. */
bool query_term_add_regex(QueryScope *scope, QueryTerm *term, QueryText regex, bool fold);

/* One value is inside of both ends. OP_NONE: there is no such end. */
typedef struct QueryRange {
    ExprOp low_op, high_op;
    QueryText low, high;
} QueryRange;
bool query_term_add_range(QueryScope *scope, QueryTerm *term, const QueryRange *range);

/* Each condition that the term stands for, to be joined by "or". */
void query_term_finish(QueryScope *scope, const QueryTerm *term, QueryNodes *to);

/* Terms that are joined by "or", each field once. */
typedef struct QueryTerms {
    ARRAY(QueryTerm) list;
    QueryNodes nodes; /* what else is joined with them */
} QueryTerms;

/* NULL when the field cannot be asked for. Valid until the next one is asked. */
QueryTerm *query_terms_get(QueryScope *scope, QueryTerms *terms, QueryText name, bool is_pattern);
NodeId query_terms_finish(QueryScope *scope, QueryTerms *terms);

/* Text as a pattern that only it fits. */
void query_pattern_escape(Buffer *out, Str text);
