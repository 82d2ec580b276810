#pragma once
/* EqlValue: one expression inside a condition, compiled: its Expr and what is known of its type.
 *
 * A refused expression has expr NULL and was told about; whoever meets one says nothing more. */

#include "compile/expr_build.h"
#include "compile/query_scope.h"

typedef enum EqlType {
    EQL_TYPE_NULL,
    EQL_TYPE_ANY, /* a field that no schema knows */
    EQL_TYPE_BOOLEAN,
    EQL_TYPE_INTEGER,
    EQL_TYPE_LONG,
    EQL_TYPE_DOUBLE,
    EQL_TYPE_KEYWORD,
    EQL_TYPE_TEXT,
    EQL_TYPE_DATE,
    EQL_TYPE_IP,
    EQL_TYPE_VERSION,
} EqlType;

typedef struct EqlValue {
    EqlNode *node;
    const Expr *expr;
    EqlType type;
    FieldType field_type; /* of an EXPR_FIELD */
    Str type_name;        /* Elasticsearch's word */
    bool constant;        /* reads no field */
    bool by_schema;       /* the type is what the schema says */
    bool perhaps_null;    /* an optional field that only events may have: null if none has it */
} EqlValue;

/* What an array function's condition calls one value of its field. */
struct EqlVariable {
    Str name; /* empty: none that a query could say */
    EqlValue field;
    const EqlVariable *outer;
};

static inline bool eql_value_refused(const EqlValue *value)
{
    return value->expr == NULL;
}

static inline bool eql_value_is_null(const EqlValue *value)
{
    return value->expr->kind == EXPR_LITERAL && value->expr->literal.kind == VALUE_NULL;
}

/* A field, or one of its values: what it is compared with is brought into its type. */
static inline bool eql_value_is_field(const EqlValue *value)
{
    return value->expr->kind == EXPR_FIELD || value->expr->kind == EXPR_VARIABLE;
}

/* eql_value.c */
EqlValue eql_value(QueryScope *scope, EqlNode *node); /* any expression */
/* != or "not in": its Expr is the NOT of the positive one. */
bool eql_node_is_negated(EqlNode *node);
EqlValue eql_value_boolean(EqlNode *node, const Expr *expr, bool constant);
/* A boolean operand of and, or, not (`owner`; NULL = a whole condition): a bare field is
 * "field == true". `ordinal` as in eql_check. */
EqlValue eql_value_condition(QueryScope *scope, EqlNode *node, EqlNode *owner, uint32_t ordinal);

/* eql_field.c */
EqlValue eql_field(QueryScope *scope, EqlNode *node);
/* A field that the query names outright: refused when no event can have it, noted for the events to
 * confirm when the schema lacks it. */
bool eql_field_add(QueryScope *scope, Str path, QuerySpan where, FieldUse use, FieldId *out);

/* eql_array.c */
EqlValue eql_array_call(QueryScope *scope, EqlNode *node, FunctionId id);
bool eql_is_variable(const QueryScope *scope, Str path); /* or a field below one */
EqlValue eql_variable(QueryScope *scope, EqlNode *node);

/* eql_call.c */
EqlValue eql_call(QueryScope *scope, EqlNode *node);
EqlValue eql_arithmetic(QueryScope *scope, EqlNode *node); /* + - * / % */
EqlValue eql_negate(QueryScope *scope, EqlNode *node);

/* eql_compare.c */
EqlValue eql_compare(QueryScope *scope, EqlNode *node);
EqlValue eql_in(QueryScope *scope, EqlNode *node); /* "not in" as "in" */
/* `left` equals one of the node's items from `first` on. */
EqlValue eql_in_items(QueryScope *scope, EqlNode *node, const EqlValue *left, uint32_t first);
/* Two values of the event that `node` compares; NULL when their types forbid it. */
const Expr *eql_compare_values(QueryScope *scope, EqlNode *node, ExprOp op, const EqlValue *left,
                               const EqlValue *right);

/* eql_pattern.c */
EqlValue eql_pattern(QueryScope *scope, EqlNode *node); /* :, like and regex */

/* eql_type.c: `ordinal` of the argument, from 1; 0 = the only one. `kind` as in plan/function.h,
 * upper case; "X" = anything comparable. `operation` is what messages call the owner; empty = its own words. */
typedef struct EqlWanted {
    char kind;
    uint32_t ordinal;
    Str operation;
    const char *hint; /* what may follow the message; NULL = nothing */
} EqlWanted;
bool eql_check(QueryScope *scope, EqlNode *owner, const EqlValue *operand, EqlWanted wanted);
Str eql_ordinal(Arena *arena, uint32_t ordinal); /* "first ", "" for 0 and past the fifth */
bool eql_type_is_number(EqlType type);
bool eql_type_is_text(EqlType type);
EqlType eql_type_family(EqlType type); /* the same for types whose values compare */
