#pragma once
/* Expr as a value: its normal form, its hash, its equality. The plan builder shares by them.
 *
 * Normal form   items sorted and without repeats, folded where the expression folds; a list of one exact item is ==;
 *               what is null or decided by constants alone is its literal.
 * Recursion     as deep as the expression is. */

#include "base/array.h"
#include "plan/plan.h"

/* A copy in normal form; texts are still borrowed from `expr`, slots are not set. */
const Expr *expr_normalize(Arena *arena, const Expr *expr);

typedef struct ExprFields {
    ARRAY(FieldId) list;  /* distinct, in order of first use: the index is the slot */
    uint32_t whole_count; /* the last ones: as in a Formula */
} ExprFields;

/* A copy that borrows nothing, with slots set. */
const Expr *expr_own(Arena *arena, const Expr *expr, ExprFields *fields);

/* True when an array function is in it. */
bool expr_looks_through(const Expr *expr);

/* True when it is null of an event that has none of its fields; false where that cannot be told without computing. */
bool expr_is_null_of_nothing(const Expr *expr);

uint64_t expr_hash(const Expr *expr); /* of a normal form */
bool expr_equal(const Expr *a, const Expr *b);
