#pragma once
/* ExprBuild: the expressions that every query language's compiler is made of. Each lives in the arena and borrows what it is
 * given; lists come out sorted and without repeats when the plan builder takes them (plan/expr.h). */

#include "compile/field_literal.h"

Expr *expr_new(Arena *arena, ExprKind kind, uint32_t arg_count); /* args to be filled */
void expr_set(Expr *expr, uint32_t index, const Expr *arg);
const Expr *expr_literal(Arena *arena, Value value);
const Expr *expr_field(Arena *arena, FieldId field);
const Expr *expr_unary(Arena *arena, ExprKind kind, const Expr *arg);
Expr *expr_compare(Arena *arena, ExprOp op, const Expr *left, const Expr *right, CompareAs as);
/* left op literal, in the field's own type; "== 2024-05-06" of a date means all of the day, which one value must be in. */
const Expr *expr_compare_literal(Arena *arena, ExprOp op, const Expr *left,
                                 const FieldLiteral *literal);
/* IN, LIKE, REGEX, PHRASE, WORD_LIKE: `left` is one of the items. */
Expr *expr_list(Arena *arena, ExprKind kind, const Expr *left, const Value *items, uint32_t count);
/* The list and what stands beside it, joined by "or". */
const Expr *expr_either(Arena *arena, const Expr *list, const Expr *const *terms, uint32_t count);
