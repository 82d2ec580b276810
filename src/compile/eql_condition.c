#include "compile/eql_condition.h"

#include "compile/eql_lineage.h"
#include "compile/eql_value.h"

static bool is_boolean_expr(const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_IS_NULL:
    case EXPR_COMPARE:
    case EXPR_IN:
    case EXPR_LIKE:
    case EXPR_REGEX:
    case EXPR_PHRASE:
    case EXPR_WORD_LIKE:
    case EXPR_IN_LIST:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_SEARCH:
    case EXPR_NOT: return true;
    case EXPR_CALL: return function_get(expr->function)->result == 'B';
    case EXPR_LITERAL:
    case EXPR_FIELD:
    case EXPR_ARITHMETIC:
    case EXPR_NEGATE:
    case EXPR_VARIABLE:
    case EXPR_COUNT:
    case EXPR_INDEX: break;
    }
    return false;
}

/* "(..) == true" says no more than what is in the brackets. */
static const Expr *without_true(const Expr *expr)
{
    while (expr->kind == EXPR_COMPARE && expr->op == OP_EQUAL && is_boolean_expr(expr->args[0]) &&
           expr->args[1]->kind == EXPR_LITERAL && expr->args[1]->literal.kind == VALUE_BOOL &&
           expr->args[1]->literal.boolean) {
        expr = expr->args[0];
    }
    return expr;
}

static bool takes_all_texts(const Expr *expr)
{
    for (uint32_t i = 0; expr->kind == EXPR_LIKE && i < expr->item_count; i++) {
        Str text = expr->items[i].text;
        size_t stars = 0;
        while (stars < text.len && text.ptr[stars] == '*') {
            stars++;
        }
        if (stars == text.len) {
            return true;
        }
    }
    return false;
}

/* A test of the array function's own variable by constants. */
static bool tests_variable_alone(const Expr *body)
{
    switch (body->kind) {
    case EXPR_COMPARE:
    case EXPR_IN:
    case EXPR_LIKE:
    case EXPR_REGEX: break;
    case EXPR_CALL:
        if (function_get(body->function)->result != 'B') {
            return false;
        }
        break;
    default: return false;
    }
    for (uint32_t i = 1; i < body->arg_count; i++) {
        if (body->args[i]->kind != EXPR_LITERAL) {
            return false;
        }
    }
    return body->args[0]->kind == EXPR_VARIABLE && body->args[0]->level == 0;
}

static Expr *copy_of(QueryScope *scope, const Expr *expr)
{
    Expr *copy = expr_new(scope->arena, expr->kind, expr->arg_count);
    const Expr **args = copy->args;
    *copy = *expr;
    copy->args = args;
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        args[i] = expr->args[i];
    }
    return copy;
}

/* Some value of the field does: that is what a leaf asks anyway, and a test of the field itself is found by
 * its constants. Some value does one or the other: so each may be asked alone. */
static const Expr *without_search(QueryScope *scope, const Expr *expr)
{
    if (expr->kind != EXPR_SEARCH) {
        return expr;
    }
    const Expr *body = expr->args[0];
    if (tests_variable_alone(body)) {
        Expr *field = expr_new(scope->arena, EXPR_FIELD, 0);
        field->field = expr->field;
        Expr *test = copy_of(scope, body);
        expr_set(test, 0, field);
        return test;
    }
    if (body->kind != EXPR_OR) {
        return expr;
    }
    Expr *either = expr_new(scope->arena, EXPR_OR, body->arg_count);
    for (uint32_t i = 0; i < body->arg_count; i++) {
        Expr *search = copy_of(scope, expr);
        expr_set(search, 0, body->args[i]);
        expr_set(either, i, search);
    }
    return either;
}

static NodeId leaf_node(QueryScope *scope, const Expr *expr)
{
    expr = without_search(scope, without_true(expr));
    if (takes_all_texts(expr)) {
        const Expr *is_null = expr_unary(scope->arena, EXPR_IS_NULL, expr->args[0]);
        return plan_builder_not(scope->builder, plan_builder_predicate(scope->builder, is_null));
    }
    if (expr->kind != EXPR_OR) {
        return plan_builder_predicate(scope->builder, expr);
    }
    /* Some combination of values makes one side true or the other: so each side may ask alone. */
    NodeId *sides = ARENA_MANY(scope->arena, NodeId, expr->arg_count);
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        sides[i] = leaf_node(scope, expr->args[i]);
    }
    return plan_builder_or(scope->builder, sides, expr->arg_count);
}

/* `owner` is the "and", "or" or "not" that the leaf is an operand of, NULL for a whole condition.
 */
static bool leaf(QueryScope *scope, EqlNode *node, EqlNode *owner, uint32_t ordinal, NodeId *out)
{
    EqlValue value = eql_value_condition(scope, node, owner, ordinal);
    if (eql_value_refused(&value)) {
        return false;
    }
    /* The negation of != and "not in" stands outside the leaf. */
    const Expr *expr = value.expr;
    bool negated = eql_node_is_negated(node);
    *out = leaf_node(scope, negated ? expr->args[0] : expr);
    if (negated) {
        *out = plan_builder_not(scope->builder, *out);
    }
    return true;
}

static bool operand(QueryScope *scope, EqlNode *node, EqlNode *owner, uint32_t ordinal,
                    NodeId *out);

static bool chain(QueryScope *scope, EqlNode *node, NodeId *out)
{
    EqlNode **operands = NULL;
    uint32_t count = 0;
    eql_operands(scope->arena, node, node->op, &operands, &count);
    NodeId *children = ARENA_MANY(scope->arena, NodeId, count);
    bool right = true;
    for (uint32_t i = 0; i < count; i++) {
        right = operand(scope, operands[i], node, i == 0 ? 1 : 2, &children[i]) && right;
    }
    if (right) {
        *out = node->op == EQL_AND ? plan_builder_and(scope->builder, children, count)
                                   : plan_builder_or(scope->builder, children, count);
    }
    return right;
}

static bool operand(QueryScope *scope, EqlNode *node, EqlNode *owner, uint32_t ordinal, NodeId *out)
{
    if (node->kind == EQL_BINARY && (node->op == EQL_AND || node->op == EQL_OR)) {
        return chain(scope, node, out);
    }
    if (node->kind == EQL_LINEAGE && query_scope_extends(scope)) {
        return eql_lineage(scope, node, out);
    }
    if (node->kind != EQL_NOT) {
        return leaf(scope, node, owner, ordinal, out);
    }
    NodeId child = 0;
    if (!operand(scope, node->left, node, 0, &child)) {
        return false;
    }
    *out = plan_builder_not(scope->builder, child);
    return true;
}

bool eql_condition(QueryScope *scope, EqlNode *condition, NodeId *out)
{
    return operand(scope, condition, NULL, 0, out);
}
