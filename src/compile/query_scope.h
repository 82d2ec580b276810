#pragma once
/* QueryScope: what every step of one query's compilation sees, whatever language it is in, and how it speaks to the user.
 *
 * Bounds       at most QUERY_MAX_PROBLEMS errors a query, and as many warnings; the rest is counted in a last
 *              note. Regular expressions of QUERY_MAX_STATES states together, and QUERY_MAX_STATES_OF_ALL with those of
 *              the queries before it; so many fields, too. Wildcards: QUERY_MAX_LOOSE. */

#include "compile/eql_compile.h"

#define QUERY_MAX_PROBLEMS      100
#define QUERY_SHOWN_BYTES       ((size_t)200) /* of the user's text in a message */
#define QUERY_MAX_STATES        200000        /* of all regular expressions of a query: some 8 MB */
#define QUERY_MAX_STATES_OF_ALL 4000000
/* That all queries of a plan ask for; each costs some KiB per worker. */
#define QUERY_MAX_FIELDS 8192
/* Bytes between two '*' with a '?' among them: what may have to be tried at each place of a text. */
#define QUERY_MAX_LOOSE 1024

/* Codes of diagnostics, beside those of lang/eql.h. */
#define QUERY_CODE_FIELD       "unknown-field"
#define QUERY_CODE_FUNCTION    "unknown-function"
#define QUERY_CODE_ARGUMENTS   "arguments"
#define QUERY_CODE_TYPE        "type"
#define QUERY_CODE_PATTERN     "pattern"
#define QUERY_CODE_UNSUPPORTED "unsupported"
#define QUERY_CODE_COMPARISON  "field-comparison" /* two fields */

typedef struct EqlVariable EqlVariable; /* eql_value.h */

/* The subqueries of lineage conditions, each once. */
typedef struct EqlSources {
    NodeId conditions[LINEAGE_MAX_SOURCES];
    uint32_t count;
    FieldId process, parent; /* the fields of ids; FIELD_NONE: not asked for yet */
    bool descends;           /* some ask for descendants */
} EqlSources;
typedef struct EqlPipeScope EqlPipeScope; /* eql_pipe.c */

typedef struct QueryScope {
    PlanBuilder *builder;
    Arena *arena; /* the builder's */
    const Schema *schema;
    bool strict; /* the schema is the events' own mapping: what contradicts it is refused */
    Str text;    /* of the query */
    EqlDialect dialect;
    const EqlCompileOptions *options; /* with the defaults put in */
    bool has_order;                   /* of time: the query is no sample */
    EqlSources sources;
    NodeId filter;         /* that every event must pass, whatever stage it fits */
    EqlUnmapped *unmapped; /* NULL: a field that the mapping lacks is refused */
    Diagnostics *diagnostics;
    bool has_now; /* dates may hang on it; of EQL none may */
    int64_t now_ns;
    NowSpan *now_span;  /* NULL, or to be narrowed to the moments that give the same plan */
    const char *origin; /* of a query in JSON, in messages; NULL: a filter */
    bool events_only;   /* see EqlCompileOptions */
    EqlPipeScope *pipe; /* inside of pipes, where fields are asked of matches; else NULL */
    uint32_t depth;
    const EqlVariable *variable;       /* of the nearest array function around */
    uint32_t regex_states;             /* so far */
    bool fields_are_full;              /* QUERY_MAX_FIELDS has been told */
    uint32_t told[SEVERITY_ERROR + 1]; /* diagnostics of this query, by severity */
    uint32_t withheld;                 /* past the bound */
} QueryScope;

typedef struct QuerySpan {
    uint32_t at, len;
} QuerySpan;

/* True where what is ours alone is taken. */
static inline bool query_scope_extends(const QueryScope *scope)
{
    return scope->dialect == EQL_DIALECT_EXTENDED;
}

static inline QuerySpan eql_span(const EqlNode *node)
{
    return (QuerySpan){node->at, node->len};
}

void query_scope_refuse(QueryScope *scope, QuerySpan where, const char *code, const char *format,
                        ...) PRINTF_LIKE(4, 5);
/* What contradicts the schema: an error if it is strict, and false; else a warning, and true: the
 * events may know better. */
bool query_scope_doubt(QueryScope *scope, QuerySpan where, const char *code, const char *format,
                       ...) PRINTF_LIKE(4, 5);
void query_scope_warn(QueryScope *scope, QuerySpan where, const char *code, const char *message);
/* Past the bound nothing is shown: to look for good words is in vain. */
bool query_scope_is_full(const QueryScope *scope, Severity severity);
/* Counts the states of one more regular expression; false, and told, when they are too many. */
bool query_scope_take_states(QueryScope *scope, QuerySpan where, uint32_t states) MUST_CHECK;
/* Whether there is room for one more field, if `path` is one; false, and told. */
bool query_scope_has_room(QueryScope *scope, Str path, QuerySpan where) MUST_CHECK;
/* Whether a wildcard is not too loose; false, and told. */
bool query_scope_check_wildcard(QueryScope *scope, Str pattern, QuerySpan where) MUST_CHECK;
void query_scope_finish(QueryScope *scope); /* tells what was withheld */

/* The node's own words, on one line and not too long. */
Str query_scope_source(QueryScope *scope, const EqlNode *node);
/* Names of functions and types are ASCII. */
Str eql_lower_case(Arena *arena, Str text);
Str eql_upper_case(Arena *arena, Str text);
