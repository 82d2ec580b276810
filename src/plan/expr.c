#include "plan/expr.h"

#include "base/hash.h"
#include "base/utf8.h"

/* ---- normal form ---- */

static int compare_items(const void *a, const void *b)
{
    const Value *left = a;
    const Value *right = b;
    int order = value_compare(left, right);
    /* 5 and 5.0 are one item; which of them stays must not hang on the order they were written in.
     */
    return order != 0 ? order : (int)left->kind - (int)right->kind;
}

static void normalize_items(Arena *arena, Expr *expr)
{
    Value *items = ARENA_MANY(arena, Value, expr->item_count);
    /* Folding would change what a regular expression means: \W is not \w. */
    bool fold = expr->fold && expr->kind != EXPR_REGEX;
    bool has_text = false;
    for (uint32_t i = 0; i < expr->item_count; i++) {
        items[i] = expr->items[i];
        has_text = has_text || items[i].kind == VALUE_STRING;
        if (fold && items[i].kind == VALUE_STRING) {
            items[i].text = utf8_fold(arena, items[i].text);
        }
    }
    qsort(items, expr->item_count, sizeof *items, compare_items);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < expr->item_count; i++) {
        if (value_compare(&items[i], &items[kept - 1]) != 0) {
            items[kept++] = items[i];
        }
    }
    expr->items = items;
    expr->item_count = kept;
    expr->fold = expr->fold && has_text;
}

static bool is_null(const Expr *expr)
{
    return expr->kind == EXPR_LITERAL && expr->literal.kind == VALUE_NULL;
}

static void become_literal(Expr *expr, Value value)
{
    *expr = (Expr){.kind = EXPR_LITERAL, .literal = value};
}

/* Of how many arguments, from the first, each makes the expression null when it is. Of some functions places and ends
 * may be null, but not the text they are taken from. */
static uint32_t strict_args(const Expr *expr)
{
    bool lenient = expr->kind == EXPR_CALL &&
                   (expr->function == FUNCTION_INDEX_OF || expr->function == FUNCTION_SUBSTRING ||
                    expr->function == FUNCTION_NUMBER);
    return lenient ? 1 : expr->arg_count;
}

static bool any_null_argument(const Expr *expr)
{
    for (uint32_t i = 0; i < strict_args(expr); i++) {
        if (is_null(expr->args[i])) {
            return true;
        }
    }
    return false;
}

static bool is_comparable_pair(const Value *a, const Value *b)
{
    bool numbers = (a->kind == VALUE_INT || a->kind == VALUE_DOUBLE) &&
                   (b->kind == VALUE_INT || b->kind == VALUE_DOUBLE);
    return numbers || a->kind == b->kind;
}

static bool order_fits(ExprOp op, int order)
{
    switch (op) {
    case OP_EQUAL: return order == 0;
    case OP_LESS: return order < 0;
    case OP_LESS_EQUAL: return order <= 0;
    case OP_GREATER: return order > 0;
    case OP_GREATER_EQUAL: return order >= 0;
    case OP_NONE:
    case OP_ADD:
    case OP_SUBTRACT:
    case OP_MULTIPLY:
    case OP_DIVIDE:
    case OP_MODULO: break;
    }
    assert(false); /* no comparison */
    return false;
}

static void decide_compare(Expr *expr)
{
    if (any_null_argument(expr)) {
        become_literal(expr, value_null());
        return;
    }
    const Expr *left = expr->args[0];
    const Expr *right = expr->args[1];
    if (left->kind == EXPR_LITERAL && right->kind == EXPR_LITERAL && !expr->fold &&
        expr->as == COMPARE_AS_VALUE && is_comparable_pair(&left->literal, &right->literal)) {
        int order = value_compare(&left->literal, &right->literal);
        become_literal(expr, value_bool(order_fits(expr->op, order)));
    }
}

static void decide_in(Arena *arena, Expr *expr)
{
    if (expr->item_count == 0 || is_null(expr->args[0])) {
        become_literal(expr, value_null());
        return;
    }
    normalize_items(arena, expr);
    if (expr->item_count > 1 || expr->fold) {
        return;
    }
    Expr *item = ARENA_NEW(arena, Expr);
    *item = (Expr){.kind = EXPR_LITERAL, .literal = expr->items[0]};
    const Expr **args = ARENA_MANY(arena, const Expr *, 2);
    args[0] = expr->args[0];
    args[1] = item;
    *expr =
        (Expr){.kind = EXPR_COMPARE, .op = OP_EQUAL, .as = expr->as, .args = args, .arg_count = 2};
    decide_compare(expr);
}

/* A body that is never true. */
static void decide_array(Expr *expr)
{
    const Expr *body = expr->args[0];
    if (body->kind == EXPR_LITERAL &&
        !(body->literal.kind == VALUE_BOOL && body->literal.boolean)) {
        become_literal(expr, expr->kind == EXPR_COUNT ? value_int(0) : value_bool(false));
    }
}

/* What follows from constants alone and cannot be seen otherwise. Anything that would need a
 * function computed is left to the evaluator. */
static void decide(Arena *arena, Expr *expr)
{
    switch (expr->kind) {
    case EXPR_IS_NULL:
        if (expr->args[0]->kind == EXPR_LITERAL) {
            become_literal(expr, value_bool(is_null(expr->args[0])));
        }
        break;
    case EXPR_COMPARE: decide_compare(expr); break;
    case EXPR_IN: decide_in(arena, expr); break;
    case EXPR_LIKE:
    case EXPR_REGEX:
    case EXPR_PHRASE:
    case EXPR_WORD_LIKE:
        if (expr->item_count == 0 || is_null(expr->args[0])) {
            become_literal(expr, value_null());
        } else {
            normalize_items(arena, expr);
        }
        break;
    case EXPR_INDEX:
        if (expr->item_count == 0) {
            become_literal(expr, value_bool(true));
        } else {
            normalize_items(arena, expr);
        }
        break;
    case EXPR_CALL:
    case EXPR_IN_LIST:
    case EXPR_ARITHMETIC:
    case EXPR_NEGATE:
        if (any_null_argument(expr)) {
            become_literal(expr, value_null());
        }
        break;
    case EXPR_NOT:
        if (is_null(expr->args[0])) {
            become_literal(expr, value_null());
        } else if (expr->args[0]->kind == EXPR_LITERAL &&
                   expr->args[0]->literal.kind == VALUE_BOOL) {
            become_literal(expr, value_bool(!expr->args[0]->literal.boolean));
        }
        break;
    case EXPR_SEARCH:
    case EXPR_COUNT: decide_array(expr); break;
    case EXPR_LITERAL:
    case EXPR_FIELD:
    case EXPR_VARIABLE:
    case EXPR_AND:
    case EXPR_OR: break;
    }
}

const Expr *expr_normalize(Arena *arena, const Expr *expr)
{
    Expr *copy = ARENA_NEW(arena, Expr);
    *copy = *expr;
    if (expr->arg_count > 0) {
        const Expr **args = ARENA_MANY(arena, const Expr *, expr->arg_count);
        for (uint32_t i = 0; i < expr->arg_count; i++) {
            args[i] = expr_normalize(arena, expr->args[i]);
        }
        copy->args = args;
    }
    decide(arena, copy);
    return copy;
}

/* ---- own copy ---- */

static bool is_array(const Expr *expr)
{
    return expr->kind == EXPR_SEARCH || expr->kind == EXPR_COUNT;
}

static uint32_t slot_of(Arena *arena, ExprFields *fields, FieldId field)
{
    for (uint32_t slot = 0; slot < fields->list.count; slot++) {
        if (fields->list.items[slot] == field) {
            return slot;
        }
    }
    ARRAY_PUSH(arena, &fields->list, field);
    return fields->list.count - 1;
}

static void own_text(Arena *arena, Value *value)
{
    if (value->kind == VALUE_STRING) {
        value->text = str_copy(arena, value->text);
    }
}

/* Those that take part with one value at a time come first. */
static void find_free_fields(Arena *arena, const Expr *expr, ExprFields *fields)
{
    if (expr->kind == EXPR_FIELD) {
        (void)slot_of(arena, fields, expr->field);
    }
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        find_free_fields(arena, expr->args[i], fields);
    }
}

static const Expr *own(Arena *arena, const Expr *expr, ExprFields *fields)
{
    Expr *copy = ARENA_NEW(arena, Expr);
    *copy = *expr;
    own_text(arena, &copy->literal);
    if (expr->kind == EXPR_FIELD || is_array(expr)) {
        copy->slot = slot_of(arena, fields, expr->field);
    }
    if (expr->item_count > 0) {
        Value *items = ARENA_MANY(arena, Value, expr->item_count);
        for (uint32_t i = 0; i < expr->item_count; i++) {
            items[i] = expr->items[i];
            own_text(arena, &items[i]);
        }
        copy->items = items;
    }
    if (expr->arg_count > 0) {
        const Expr **args = ARENA_MANY(arena, const Expr *, expr->arg_count);
        for (uint32_t i = 0; i < expr->arg_count; i++) {
            args[i] = own(arena, expr->args[i], fields);
        }
        copy->args = args;
    }
    return copy;
}

const Expr *expr_own(Arena *arena, const Expr *expr, ExprFields *fields)
{
    find_free_fields(arena, expr, fields);
    uint32_t free = fields->list.count;
    const Expr *copy = own(arena, expr, fields);
    fields->whole_count = fields->list.count - free;
    return copy;
}

bool expr_looks_through(const Expr *expr)
{
    if (is_array(expr)) {
        return true;
    }
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        if (expr_looks_through(expr->args[i])) {
            return true;
        }
    }
    return false;
}

bool expr_is_null_of_nothing(const Expr *expr)
{
    uint32_t nulls = 0;
    for (uint32_t i = 0; i < strict_args(expr); i++) {
        nulls += expr_is_null_of_nothing(expr->args[i]);
    }
    switch (expr->kind) {
    case EXPR_LITERAL: return is_null(expr);
    case EXPR_FIELD: return true;
    case EXPR_AND:
    case EXPR_OR: return nulls == expr->arg_count;
    case EXPR_COMPARE:
    case EXPR_IN:
    case EXPR_LIKE:
    case EXPR_REGEX:
    case EXPR_PHRASE:
    case EXPR_WORD_LIKE:
    case EXPR_IN_LIST:
    case EXPR_CALL:
    case EXPR_ARITHMETIC:
    case EXPR_NEGATE:
    case EXPR_NOT: return nulls > 0;
    case EXPR_IS_NULL:
    case EXPR_INDEX:
    case EXPR_VARIABLE: /* stands only below the next two */
    case EXPR_SEARCH:
    case EXPR_COUNT: break;
    }
    return false;
}

/* ---- hash and equality ---- */

static uint64_t value_bits(const Value *value)
{
    uint64_t bits = 0;
    switch (value->kind) {
    case VALUE_NULL: break;
    case VALUE_BOOL: bits = value->boolean; break;
    case VALUE_INT:
    case VALUE_DATE: bits = (uint64_t)value->integer; break;
    case VALUE_DOUBLE: memcpy(&bits, &value->number, sizeof bits); break;
    case VALUE_STRING: bits = hash_bytes(value->text); break;
    }
    return bits;
}

static uint64_t hash_value(uint64_t hash, const Value *value)
{
    return hash_mix(hash_mix(hash, value->kind), value_bits(value));
}

static bool same_value(const Value *a, const Value *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    return a->kind == VALUE_STRING ? str_equal(a->text, b->text) : value_bits(a) == value_bits(b);
}

uint64_t expr_hash(const Expr *expr)
{
    uint64_t hash = hash_mix(expr->kind, (uint64_t)expr->op << 8 | (uint64_t)expr->as << 4 |
                                             (uint64_t)expr->fold);
    hash = hash_mix(hash, (uint64_t)expr->function << 32 | expr->field);
    hash = hash_mix(hash_value(hash, &expr->literal), (uint64_t)expr->list << 32 | expr->level);
    hash = hash_mix(hash, (uint64_t)expr->arg_count << 32 | expr->item_count);
    for (uint32_t i = 0; i < expr->item_count; i++) {
        hash = hash_value(hash, &expr->items[i]);
    }
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        hash = hash_mix(hash, expr_hash(expr->args[i]));
    }
    return hash;
}

bool expr_equal(const Expr *a, const Expr *b)
{
    if (a->kind != b->kind || a->op != b->op || a->as != b->as || a->fold != b->fold ||
        a->function != b->function || a->field != b->field || a->level != b->level ||
        a->list != b->list || a->arg_count != b->arg_count || a->item_count != b->item_count ||
        !same_value(&a->literal, &b->literal)) {
        return false;
    }
    for (uint32_t i = 0; i < a->item_count; i++) {
        if (!same_value(&a->items[i], &b->items[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < a->arg_count; i++) {
        if (!expr_equal(a->args[i], b->args[i])) {
            return false;
        }
    }
    return true;
}
