#include "compile/eql_value.h"

#include "compile/eql_lineage.h"

EqlValue eql_value_boolean(EqlNode *node, const Expr *expr, bool constant)
{
    return (EqlValue){.node = node,
                      .expr = expr,
                      .type = EQL_TYPE_BOOLEAN,
                      .type_name = STR("boolean"),
                      .constant = constant};
}

/* ---- literals ---- */

static EqlValue literal(QueryScope *scope, EqlNode *node)
{
    EqlValue value = {.node = node, .constant = true};
    Value content = value_null();
    switch (node->kind) {
    case EQL_BOOLEAN:
        content = value_bool(node->boolean);
        value.type = EQL_TYPE_BOOLEAN;
        value.type_name = STR("boolean");
        break;
    case EQL_INTEGER: {
        bool narrow = node->integer >= INT32_MIN && node->integer <= INT32_MAX;
        content = value_int(node->integer);
        value.type = narrow ? EQL_TYPE_INTEGER : EQL_TYPE_LONG;
        value.type_name = narrow ? STR("integer") : STR("long");
        break;
    }
    case EQL_DECIMAL:
        content = value_double(node->decimal);
        value.type = EQL_TYPE_DOUBLE;
        value.type_name = STR("double");
        break;
    case EQL_STRING:
        content = value_string(node->text);
        value.type = EQL_TYPE_KEYWORD;
        value.type_name = STR("keyword");
        break;
    default:
        value.type = EQL_TYPE_NULL;
        value.type_name = STR("null");
        break;
    }
    value.expr = expr_literal(scope->arena, content);
    return value;
}

/* ---- and, or, not inside a leaf ---- */

static bool check_condition(QueryScope *scope, const EqlValue *value, EqlNode *owner,
                            uint32_t ordinal)
{
    if (owner != NULL) {
        return eql_check(scope, owner, value, (EqlWanted){.kind = 'B', .ordinal = ordinal});
    }
    if (value->type == EQL_TYPE_BOOLEAN || value->type == EQL_TYPE_ANY ||
        value->type == EQL_TYPE_NULL) {
        return true;
    }
    Str type = eql_upper_case(scope->arena, value->type_name);
    Str message = str_format(scope->arena, "Condition expression needs to be boolean, found [%.*s]",
                             STR_ARG(type));
    QuerySpan where = eql_span(value->node);
    if (value->by_schema) {
        return query_scope_doubt(scope, where, QUERY_CODE_TYPE, "%.*s", STR_ARG(message));
    }
    query_scope_refuse(scope, where, QUERY_CODE_TYPE, "%.*s", STR_ARG(message));
    return false;
}

EqlValue eql_value_condition(QueryScope *scope, EqlNode *node, EqlNode *owner, uint32_t ordinal)
{
    EqlValue value = eql_value(scope, node);
    if (eql_value_refused(&value) || !check_condition(scope, &value, owner, ordinal)) {
        return (EqlValue){.node = node};
    }
    if (!eql_value_is_field(&value)) {
        return value;
    }
    Expr *is_true = expr_new(scope->arena, EXPR_COMPARE, 2);
    is_true->op = OP_EQUAL;
    expr_set(is_true, 0, value.expr);
    expr_set(is_true, 1, expr_literal(scope->arena, value_bool(true)));
    return eql_value_boolean(node, is_true, false);
}

static EqlValue logic(QueryScope *scope, EqlNode *node)
{
    EqlNode **operands = NULL;
    uint32_t count = 0;
    eql_operands(scope->arena, node, node->op, &operands, &count);
    Expr *expr = expr_new(scope->arena, node->op == EQL_AND ? EXPR_AND : EXPR_OR, count);
    bool constant = true;
    bool refused = false;
    for (uint32_t i = 0; i < count; i++) {
        EqlValue operand = eql_value_condition(scope, operands[i], node, i == 0 ? 1 : 2);
        if (eql_value_refused(&operand)) {
            refused = true;
            continue;
        }
        expr_set(expr, i, operand.expr);
        constant = constant && operand.constant;
    }
    return eql_value_boolean(node, refused ? NULL : expr, constant);
}

static EqlValue negation(QueryScope *scope, EqlNode *node)
{
    EqlValue operand = eql_value_condition(scope, node->left, node, 0);
    if (eql_value_refused(&operand)) {
        return operand;
    }
    return eql_value_boolean(node, expr_unary(scope->arena, EXPR_NOT, operand.expr),
                             operand.constant);
}

/* ---- all kinds ---- */

bool eql_node_is_negated(EqlNode *node)
{
    return (node->kind == EQL_BINARY && node->op == EQL_NOT_EQUAL) ||
           (node->kind == EQL_IN && node->negated);
}

static EqlValue binary(QueryScope *scope, EqlNode *node)
{
    switch (node->op) {
    case EQL_AND:
    case EQL_OR: return logic(scope, node);
    case EQL_EQUAL:
    case EQL_NOT_EQUAL:
    case EQL_LESS:
    case EQL_LESS_EQUAL:
    case EQL_GREATER:
    case EQL_GREATER_EQUAL: return eql_compare(scope, node);
    case EQL_ADD:
    case EQL_SUBTRACT:
    case EQL_MULTIPLY:
    case EQL_DIVIDE:
    case EQL_MODULO: break;
    }
    return eql_arithmetic(scope, node);
}

static EqlValue dispatch(QueryScope *scope, EqlNode *node)
{
    switch (node->kind) {
    case EQL_NULL:
    case EQL_BOOLEAN:
    case EQL_INTEGER:
    case EQL_DECIMAL:
    case EQL_STRING: return literal(scope, node);
    case EQL_FIELD: return eql_field(scope, node);
    case EQL_CALL: return eql_call(scope, node);
    case EQL_BINARY: return binary(scope, node);
    case EQL_NEGATE: return eql_negate(scope, node);
    case EQL_NOT: return negation(scope, node);
    case EQL_IN: return eql_in(scope, node);
    case EQL_LIKE:
    case EQL_REGEX: return eql_pattern(scope, node);
    case EQL_LINEAGE: break;
    }
    eql_lineage_refuse(scope, node);
    return (EqlValue){.node = node};
}

EqlValue eql_value(QueryScope *scope, EqlNode *node)
{
    /* The parser bounds brackets and signs; a sum may still be a chain of any length. */
    if (scope->depth == EQL_MAX_DEPTH) {
        query_scope_refuse(scope, eql_span(node), EQL_CODE_LIMIT,
                           "The expression is nested too deeply, more than [%d] levels",
                           EQL_MAX_DEPTH);
        return (EqlValue){.node = node};
    }
    scope->depth++;
    EqlValue value = dispatch(scope, node);
    scope->depth--;
    return value;
}
