#pragma once
/* ExprBuild: expressions written short, for tests of plans. They live in the builder's arena. */

#include "plan/plan.h"

static inline Expr *build_expr(PlanBuilder *builder, ExprKind kind, const Expr *first,
                               const Expr *second)
{
    Expr *expr = ARENA_NEW(plan_builder_arena(builder), Expr);
    const Expr **args = ARENA_MANY(plan_builder_arena(builder), const Expr *, 2);
    args[0] = first;
    args[1] = second;
    *expr = (Expr){.kind = kind, .args = args};
    expr->arg_count = first == NULL ? 0 : second == NULL ? 1 : 2;
    return expr;
}

static inline Expr *build_field(PlanBuilder *builder, const char *path)
{
    Expr *expr = build_expr(builder, EXPR_FIELD, NULL, NULL);
    expr->field = field_table_add(plan_builder_fields(builder), str_from_c(path), FIELD_USE_VALUE);
    return expr;
}

static inline Expr *build_literal(PlanBuilder *builder, Value value)
{
    Expr *expr = build_expr(builder, EXPR_LITERAL, NULL, NULL);
    expr->literal = value;
    return expr;
}

static inline Expr *build_compare(PlanBuilder *builder, const Expr *left, ExprOp op, Value right)
{
    Expr *expr = build_expr(builder, EXPR_COMPARE, left, build_literal(builder, right));
    expr->op = op;
    return expr;
}

static inline Expr *build_list(PlanBuilder *builder, ExprKind kind, const Expr *left, bool fold,
                               const Value *items, uint32_t count)
{
    Expr *expr = build_expr(builder, kind, left, NULL);
    expr->fold = fold;
    expr->items = items;
    expr->item_count = count;
    return expr;
}

static inline Expr *build_call(PlanBuilder *builder, FunctionId function, const Expr *first,
                               const Expr *second)
{
    Expr *expr = build_expr(builder, EXPR_CALL, first, second);
    expr->function = function;
    return expr;
}

/* EXPR_SEARCH or EXPR_COUNT. */
static inline Expr *build_array(PlanBuilder *builder, ExprKind kind, const char *path,
                                const Expr *body)
{
    Expr *expr = build_expr(builder, kind, body, NULL);
    expr->field = build_field(builder, path)->field;
    return expr;
}

static inline Expr *build_variable(PlanBuilder *builder, uint32_t level)
{
    Expr *expr = build_expr(builder, EXPR_VARIABLE, NULL, NULL);
    expr->level = level;
    return expr;
}

/* `field == text` as a node. */
static inline NodeId build_equal(PlanBuilder *builder, const char *path, const char *text)
{
    return plan_builder_predicate(builder, build_compare(builder, build_field(builder, path),
                                                         OP_EQUAL, value_string(str_from_c(text))));
}
