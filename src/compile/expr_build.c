#include "compile/expr_build.h"

Expr *expr_new(Arena *arena, ExprKind kind, uint32_t arg_count)
{
    Expr *expr = ARENA_NEW(arena, Expr);
    *expr = (Expr){.kind = kind, .arg_count = arg_count};
    if (arg_count > 0) {
        expr->args = ARENA_MANY(arena, const Expr *, arg_count);
    }
    return expr;
}

void expr_set(Expr *expr, uint32_t index, const Expr *arg)
{
    assert(index < expr->arg_count && arg != NULL);
    expr->args[index] = arg;
}

const Expr *expr_literal(Arena *arena, Value value)
{
    Expr *expr = expr_new(arena, EXPR_LITERAL, 0);
    expr->literal = value;
    return expr;
}

const Expr *expr_field(Arena *arena, FieldId field)
{
    Expr *expr = expr_new(arena, EXPR_FIELD, 0);
    expr->field = field;
    return expr;
}

const Expr *expr_unary(Arena *arena, ExprKind kind, const Expr *arg)
{
    Expr *expr = expr_new(arena, kind, 1);
    expr_set(expr, 0, arg);
    return expr;
}

Expr *expr_compare(Arena *arena, ExprOp op, const Expr *left, const Expr *right, CompareAs as)
{
    Expr *expr = expr_new(arena, EXPR_COMPARE, 2);
    expr->op = op;
    expr->as = as;
    expr_set(expr, 0, left);
    expr_set(expr, 1, right);
    return expr;
}

const Expr *expr_compare_literal(Arena *arena, ExprOp op, const Expr *left,
                                 const FieldLiteral *literal)
{
    const Expr *low = expr_literal(arena, literal->low);
    const Expr *high = expr_literal(arena, literal->high);
    if (op == OP_EQUAL && value_compare(&literal->low, &literal->high) != 0) {
        Expr *span = expr_new(arena, EXPR_AND, 2);
        expr_set(span, 0, expr_compare(arena, OP_GREATER_EQUAL, left, low, literal->as));
        expr_set(span, 1, expr_compare(arena, OP_LESS_EQUAL, left, high, literal->as));
        return span;
    }
    bool from_the_end = op == OP_GREATER || op == OP_LESS_EQUAL;
    return expr_compare(arena, op, left, from_the_end ? high : low, literal->as);
}

Expr *expr_list(Arena *arena, ExprKind kind, const Expr *left, const Value *items, uint32_t count)
{
    Expr *expr = expr_new(arena, kind, 1);
    expr->items = items;
    expr->item_count = count;
    expr_set(expr, 0, left);
    return expr;
}

const Expr *expr_either(Arena *arena, const Expr *list, const Expr *const *terms, uint32_t count)
{
    if (count == 0) {
        return list;
    }
    Expr *either = expr_new(arena, EXPR_OR, count + 1);
    expr_set(either, 0, list);
    for (uint32_t i = 0; i < count; i++) {
        expr_set(either, i + 1, terms[i]);
    }
    return either;
}
