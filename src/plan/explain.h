#pragma once
/* Explain: a plan read aloud, for people: the query's stages with their conditions as an indented tree, keys,
 * span, pipes, the fields read, and how each predicate will be found (hash set, patterns, per row, ...). */

#include "base/buffer.h"
#include "plan/plan.h"

void explain_query(Buffer *out, const PlanSet *plan, uint32_t query);
void explain_expr(Buffer *out, const PlanSet *plan, const Expr *expr); /* one line, like EQL */
void explain_leaf(Buffer *out, LineageLeaf leaf);                      /* "child of source 1" */
void explain_operand(Buffer *out, const PlanSet *plan,
                     const Expr *expr); /* in brackets unless it stands alone */
void explain_path(Buffer *out, const FieldTable *fields, FieldId field); /* backquoted if need be */
void explain_key(Buffer *out, const PlanSet *plan, const JoinKey *key);
/* One line, like EQL; of a filter its name alone. */
void explain_pipe(Buffer *out, const PlanSet *plan, const Pipe *pipe);
void explain_finding(Buffer *out, const PlanSet *plan, const QueryPlan *query);
void explain_condition(Buffer *out, const PlanSet *plan, NodeId node, int level);
void explain_span(Buffer *out, int64_t ns); /* "5m" */

/* The way an evaluator finds the rows of a predicate (exec/predicate_index builds by it). */
typedef enum Lookup {
    LOOKUP_CONSTANT, /* no field */
    LOOKUP_EXISTS,   /* is null / is not null */
    LOOKUP_EQUAL,    /* hash set of exact values */
    LOOKUP_FOLDED,   /* hash set of folded text */
    LOOKUP_PATTERN, /* wildcards, prefix, suffix, contains, phrases: literal search, then confirm */
    LOOKUP_REGEX,
    LOOKUP_CIDR,
    LOOKUP_LIST,  /* a value list, searched in its own way */
    LOOKUP_RANGE, /* compares with a number or a date */
    LOOKUP_VALUE, /* any other expression over one field: computed per distinct value */
    LOOKUP_ARRAY, /* array functions over one field: computed per distinct whole value */
    LOOKUP_ROW,   /* two or more fields: computed per row where the rest holds */
} Lookup;

Lookup predicate_lookup(const Predicate *predicate);
const char *lookup_name(Lookup lookup);
