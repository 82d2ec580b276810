#pragma once
/* EqlValue: one expression inside a condition, compiled: its Expr and what is known of its type.
 *
 * A refused expression has expr NULL and was told about; whoever meets one says nothing more. */

#include "compile/eql_scope.h"

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
EqlValue eql_value(EqlScope *scope, EqlNode *node); /* any expression */
/* != or "not in": its Expr is the NOT of the positive one. */
bool eql_node_is_negated(EqlNode *node);
Expr *eql_expr_new(EqlScope *scope, ExprKind kind, uint32_t arg_count); /* args to be filled */
void eql_expr_set(Expr *expr, uint32_t index, const Expr *arg);
const Expr *eql_expr_literal(EqlScope *scope, Value value);
const Expr *eql_expr_field(EqlScope *scope, FieldId field);
const Expr *eql_expr_unary(EqlScope *scope, ExprKind kind, const Expr *arg);
/* The list and what stands beside it, joined by "or". */
const Expr *eql_expr_either(EqlScope *scope, const Expr *list, const Expr *const *terms,
                            uint32_t count);
EqlValue eql_value_boolean(EqlNode *node, const Expr *expr, bool constant);
/* A boolean operand of and, or, not (`owner`; NULL = a whole condition): a bare field is
 * "field == true". `ordinal` as in eql_check. */
EqlValue eql_value_condition(EqlScope *scope, EqlNode *node, EqlNode *owner, uint32_t ordinal);

/* eql_field.c */
EqlValue eql_field(EqlScope *scope, EqlNode *node);
/* A field that the query names outright: refused when no event can have it, noted for the events to
 * confirm when the schema lacks it. */
bool eql_field_add(EqlScope *scope, Str path, EqlSpan where, FieldUse use, FieldId *out);

/* eql_array.c */
EqlValue eql_array_call(EqlScope *scope, EqlNode *node, FunctionId id);
bool eql_is_variable(const EqlScope *scope, Str path); /* or a field below one */
EqlValue eql_variable(EqlScope *scope, EqlNode *node);

/* eql_call.c */
EqlValue eql_call(EqlScope *scope, EqlNode *node);
EqlValue eql_arithmetic(EqlScope *scope, EqlNode *node); /* + - * / % */
EqlValue eql_negate(EqlScope *scope, EqlNode *node);

/* eql_compare.c */
EqlValue eql_compare(EqlScope *scope, EqlNode *node);
EqlValue eql_in(EqlScope *scope, EqlNode *node); /* "not in" as "in" */
/* `left` equals one of the node's items from `first` on. */
EqlValue eql_in_items(EqlScope *scope, EqlNode *node, const EqlValue *left, uint32_t first);
/* Two values of the event that `node` compares; NULL when their types forbid it. */
const Expr *eql_compare_values(EqlScope *scope, EqlNode *node, ExprOp op, const EqlValue *left,
                               const EqlValue *right);

/* eql_pattern.c */
EqlValue eql_pattern(EqlScope *scope, EqlNode *node); /* :, like and regex */

/* eql_type.c: `ordinal` of the argument, from 1; 0 = the only one. `kind` as in plan/function.h,
 * upper case; "X" = anything comparable. `operation` is what messages call the owner; empty = its own words. */
typedef struct EqlWanted {
    char kind;
    uint32_t ordinal;
    Str operation;
    const char *hint; /* what may follow the message; NULL = nothing */
} EqlWanted;
bool eql_check(EqlScope *scope, EqlNode *owner, const EqlValue *operand, EqlWanted wanted);
Str eql_ordinal(Arena *arena, uint32_t ordinal); /* "first ", "" for 0 and past the fifth */
bool eql_type_is_number(EqlType type);
bool eql_type_is_text(EqlType type);
EqlType eql_type_family(EqlType type); /* the same for types whose values compare */

/* eql_constant.c: a literal brought into the type of the field it is compared with. */
typedef struct EqlLiteral {
    Value low, high; /* different only for dates that leave parts out: the whole span they name */
    CompareAs as;
    bool fits;
} EqlLiteral;
EqlLiteral eql_literal(Arena *arena, const EqlValue *field, Value literal, ExprOp op);
