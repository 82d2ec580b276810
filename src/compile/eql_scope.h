#pragma once
/* EqlScope: what every step of one query's compilation sees, and how it speaks to the user.
 *
 * Bounds       at most EQL_MAX_PROBLEMS errors a query, and as many warnings; the rest is counted in a last
 *              note. Regular expressions of EQL_MAX_STATES states together, and EQL_MAX_STATES_OF_ALL with those of
 *              the queries before it; so many fields, too. Wildcards: EQL_MAX_LOOSE. */

#include "compile/eql_compile.h"

#define EQL_MAX_PROBLEMS      100
#define EQL_SHOWN_BYTES       ((size_t)200) /* of the user's text in a message */
#define EQL_MAX_STATES        200000        /* of all regular expressions of a query: some 8 MB */
#define EQL_MAX_STATES_OF_ALL 4000000
/* That all queries of a plan ask for; each costs some KiB per worker. */
#define EQL_MAX_FIELDS 8192
/* Bytes between two '*' with a '?' among them: what may have to be tried at each place of a text. */
#define EQL_MAX_LOOSE 1024

/* Codes of diagnostics, beside those of lang/eql.h. */
#define EQL_CODE_FIELD       "unknown-field"
#define EQL_CODE_FUNCTION    "unknown-function"
#define EQL_CODE_ARGUMENTS   "arguments"
#define EQL_CODE_TYPE        "type"
#define EQL_CODE_PATTERN     "pattern"
#define EQL_CODE_UNSUPPORTED "unsupported"
#define EQL_CODE_COMPARISON  "field-comparison" /* two fields */

typedef struct EqlVariable EqlVariable; /* eql_value.h */

/* The subqueries of lineage conditions, each once. */
typedef struct EqlSources {
    NodeId conditions[LINEAGE_MAX_SOURCES];
    uint32_t count;
    FieldId process, parent; /* the fields of ids; FIELD_NONE: not asked for yet */
    bool descends;           /* some ask for descendants */
} EqlSources;
typedef struct EqlPipeScope EqlPipeScope; /* eql_pipe.c */

typedef struct EqlScope {
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
    bool events_only;   /* see EqlCompileOptions */
    EqlPipeScope *pipe; /* inside of pipes, where fields are asked of matches; else NULL */
    uint32_t depth;
    const EqlVariable *variable;       /* of the nearest array function around */
    uint32_t regex_states;             /* so far */
    bool fields_are_full;              /* EQL_MAX_FIELDS has been told */
    uint32_t told[SEVERITY_ERROR + 1]; /* diagnostics of this query, by severity */
    uint32_t withheld;                 /* past the bound */
} EqlScope;

typedef struct EqlSpan {
    uint32_t at, len;
} EqlSpan;

/* True where what is ours alone is taken. */
static inline bool eql_scope_extends(const EqlScope *scope)
{
    return scope->dialect == EQL_DIALECT_EXTENDED;
}

static inline EqlSpan eql_span(const EqlNode *node)
{
    return (EqlSpan){node->at, node->len};
}

void eql_scope_refuse(EqlScope *scope, EqlSpan where, const char *code, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* What contradicts the schema: an error if it is strict, and false; else a warning, and true: the
 * events may know better. */
bool eql_scope_doubt(EqlScope *scope, EqlSpan where, const char *code, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Past the bound nothing is shown: to look for good words is in vain. */
bool eql_scope_is_full(const EqlScope *scope, Severity severity);
/* Counts the states of one more regular expression; false, and told, when they are too many. */
bool eql_scope_take_states(EqlScope *scope, EqlSpan where, uint32_t states) MUST_CHECK;
void eql_scope_finish(EqlScope *scope); /* tells what was withheld */

/* The node's own words, on one line and not too long. */
Str eql_scope_source(EqlScope *scope, const EqlNode *node);
/* Names of functions and types are ASCII. */
Str eql_lower_case(Arena *arena, Str text);
Str eql_upper_case(Arena *arena, Str text);
