#include "compile/eql_value.h"

/* ---- parts ---- */

static bool is_literal(const EqlValue *value)
{
    return value->expr->kind == EXPR_LITERAL;
}

/* False when it is refused: a literal that the field's type cannot hold. */
static bool misfit(QueryScope *scope, EqlNode *node, const EqlValue *left, const EqlValue *right,
                   Str ordinal)
{
    if (right->expr->literal.kind == VALUE_STRING && left->type == EQL_TYPE_DATE &&
        str_starts_with(right->expr->literal.text, STR("now"))) {
        query_scope_refuse(scope, eql_span(right->node), QUERY_CODE_UNSUPPORTED,
                           "A date that hangs on [now] is not supported");
        return false;
    }
    Str source = query_scope_source(scope, node);
    Str found = query_scope_source(scope, right->node);
    return query_scope_doubt(
        scope, eql_span(node), QUERY_CODE_TYPE,
        "%.*s argument of [%.*s] must be [%.*s], found value [%.*s] type [%.*s]", STR_ARG(ordinal),
        STR_ARG(source), STR_ARG(left->type_name), STR_ARG(found), STR_ARG(right->type_name));
}

static void refuse_fields(QueryScope *scope, QuerySpan where, const char *code, EqlNode *offender,
                          Str operation)
{
    Str name = query_scope_source(scope, offender);
    query_scope_refuse(
        scope, where, code,
        "Comparisons against fields are not (currently) supported; offender [%.*s] in "
        "[%.*s]",
        STR_ARG(name), STR_ARG(operation));
}

/* ---- == != < <= > >= ---- */

static ExprOp compare_op(EqlOp op, bool swapped)
{
    switch (op) {
    case EQL_LESS: return swapped ? OP_GREATER : OP_LESS;
    case EQL_LESS_EQUAL: return swapped ? OP_GREATER_EQUAL : OP_LESS_EQUAL;
    case EQL_GREATER: return swapped ? OP_LESS : OP_GREATER;
    case EQL_GREATER_EQUAL: return swapped ? OP_LESS_EQUAL : OP_GREATER_EQUAL;
    default: return OP_EQUAL;
    }
}

static Str compare_symbol(EqlOp op)
{
    static const Str TEXTS[] = {
#define SYMBOL(id, text) [id] = STR_INIT(text),
        EQL_BINARY_OPS(SYMBOL)
#undef SYMBOL
    };
    return TEXTS[op == EQL_NOT_EQUAL ? EQL_EQUAL : op];
}

static CompareAs compare_as(EqlType type)
{
    return type == EQL_TYPE_IP        ? COMPARE_AS_IP
           : type == EQL_TYPE_VERSION ? COMPARE_AS_VERSION
                                      : COMPARE_AS_VALUE;
}

static Expr *compare_computed(QueryScope *scope, ExprOp op, const EqlValue *left,
                              const EqlValue *right)
{
    return expr_compare(scope->arena, op, left->expr, right->expr, compare_as(left->type));
}

/* ---- two values of the event ---- */

/* NULL too: a field that nothing has. */
static bool is_unknown(const EqlValue *value)
{
    return value->type == EQL_TYPE_ANY || value->type == EQL_TYPE_NULL;
}

static bool check_alike(QueryScope *scope, EqlNode *node, const EqlValue *left,
                        const EqlValue *right)
{
    Str one = query_scope_source(scope, left->node);
    Str other = query_scope_source(scope, right->node);
    Str message = str_format(
        scope->arena, "[%.*s] type [%.*s] cannot be compared with [%.*s] type [%.*s]", STR_ARG(one),
        STR_ARG(left->type_name), STR_ARG(other), STR_ARG(right->type_name));
    if (left->by_schema || right->by_schema) {
        return query_scope_doubt(scope, eql_span(node), QUERY_CODE_TYPE, "%.*s", STR_ARG(message));
    }
    query_scope_refuse(scope, eql_span(node), QUERY_CODE_TYPE, "%.*s", STR_ARG(message));
    return false;
}

/* What a field of no known type holds is taken for what the other side is. */
static CompareAs compare_both_as(const EqlValue *left, const EqlValue *right)
{
    if (left->type == EQL_TYPE_IP || right->type == EQL_TYPE_IP) {
        return COMPARE_AS_ADDRESS;
    }
    bool version = left->type == EQL_TYPE_VERSION || right->type == EQL_TYPE_VERSION;
    return version ? COMPARE_AS_VERSION : COMPARE_AS_VALUE;
}

const Expr *eql_compare_values(QueryScope *scope, EqlNode *node, ExprOp op, const EqlValue *left,
                               const EqlValue *right)
{
    bool alike = is_unknown(left) || is_unknown(right) ||
                 eql_type_family(left->type) == eql_type_family(right->type);
    /* ":" has looked at each side before. */
    if (!alike && !node->colon && !check_alike(scope, node, left, right)) {
        return NULL;
    }
    Expr *expr = compare_computed(scope, op, left, right);
    expr->as = alike ? compare_both_as(left, right) : COMPARE_AS_VALUE;
    expr->fold = op == OP_EQUAL && node->case_insensitive && expr->as == COMPARE_AS_VALUE;
    return expr;
}

/* ---- a value and a constant ---- */

/* The constant stands on the right. */
static EqlValue compare_constant(QueryScope *scope, EqlNode *node, ExprOp op, const EqlValue *left,
                                 const EqlValue *right)
{
    const Expr *expr = NULL;
    if (eql_value_is_field(left) && is_literal(right)) {
        FieldLiteral literal =
            field_literal(scope->arena, left->field_type, right->expr->literal, op);
        Str ordinal = right->node == node->right ? STR("second") : STR("first");
        if (literal.fits || misfit(scope, node, left, right, ordinal)) {
            expr = expr_compare_literal(scope->arena, op, left->expr, &literal);
        }
    } else {
        expr = compare_computed(scope, op, left, right);
    }
    return eql_value_boolean(node, expr, left->constant);
}

/* `f == null` asks whether f is missing, whatever its type; `f < null` is never true. */
static EqlValue compare_null(QueryScope *scope, EqlNode *node, const EqlValue *other)
{
    const Expr *expr = compare_op(node->op, false) == OP_EQUAL
                           ? expr_unary(scope->arena, EXPR_IS_NULL, other->expr)
                           : expr_literal(scope->arena, value_null());
    return eql_value_boolean(node, expr, other->constant);
}

/* One side may turn out to be a field that nothing has: then it is the null itself, and `x == ?nothing`
 * asks whether x is missing. */
static EqlValue compare_perhaps_null(QueryScope *scope, EqlNode *node, const EqlValue *left,
                                     const EqlValue *right)
{
    ExprOp op = compare_op(node->op, false);
    const Expr *expr = eql_compare_values(scope, node, op, left, right);
    if (op != OP_EQUAL) {
        return eql_value_boolean(node, expr, false);
    }
    Expr *both_null = expr_new(scope->arena, EXPR_AND, 2);
    expr_set(both_null, 0, expr_unary(scope->arena, EXPR_IS_NULL, left->expr));
    expr_set(both_null, 1, expr_unary(scope->arena, EXPR_IS_NULL, right->expr));
    Expr *either = expr_new(scope->arena, EXPR_OR, 2);
    expr_set(either, 0, both_null);
    expr_set(either, 1, expr);
    return eql_value_boolean(node, either, false);
}

static EqlValue compare(QueryScope *scope, EqlNode *node)
{
    EqlValue left = eql_value(scope, node->left);
    EqlValue right = eql_value(scope, node->right);
    if (eql_value_refused(&left) || eql_value_refused(&right)) {
        return (EqlValue){.node = node};
    }
    if (!eql_check(scope, node, &left, (EqlWanted){.kind = 'X', .ordinal = 1}) ||
        !eql_check(scope, node, &right, (EqlWanted){.kind = 'X', .ordinal = 2})) {
        return (EqlValue){.node = node};
    }
    if (eql_value_is_null(&left) || eql_value_is_null(&right)) {
        return compare_null(scope, node, eql_value_is_null(&right) ? &left : &right);
    }
    if (!left.constant && !right.constant && (left.perhaps_null || right.perhaps_null)) {
        return compare_perhaps_null(scope, node, &left, &right);
    }
    if (!left.constant && !right.constant && query_scope_extends(scope)) {
        ExprOp op = compare_op(node->op, false);
        return eql_value_boolean(node, eql_compare_values(scope, node, op, &left, &right), false);
    }
    if (!left.constant && !right.constant) {
        refuse_fields(scope, eql_span(node->right), QUERY_CODE_COMPARISON, node->right,
                      compare_symbol(node->op));
        return (EqlValue){.node = node};
    }
    bool swapped = left.constant && !right.constant;
    ExprOp op = compare_op(node->op, swapped);
    return swapped ? compare_constant(scope, node, op, &right, &left)
                   : compare_constant(scope, node, op, &left, &right);
}

EqlValue eql_compare(QueryScope *scope, EqlNode *node)
{
    EqlValue value = compare(scope, node);
    if (!eql_value_refused(&value) && node->op == EQL_NOT_EQUAL) {
        value.expr = expr_unary(scope->arena, EXPR_NOT, value.expr);
    }
    return value;
}

/* ---- in ---- */

typedef struct InParts {
    ARRAY(Value) items;        /* one IN */
    ARRAY(const Expr *) terms; /* what cannot be an item: computed constants, spans of dates */
    CompareAs as;
    bool constant; /* nothing in the list reads a field */
} InParts;

static Str count_word(Arena *arena, uint32_t number)
{
    uint32_t ones = number / 10 % 10 == 1 ? 0 : number % 10;
    const char *end = ones == 1 ? "st" : ones == 2 ? "nd" : ones == 3 ? "rd" : "th";
    return str_format(arena, "%u%s", number, end);
}

static void push_literal(QueryScope *scope, InParts *parts, const EqlValue *left,
                         const FieldLiteral *literal)
{
    /* An item that does not fit its field compares by value, the others as the field does. */
    if (literal->as != parts->as || value_compare(&literal->low, &literal->high) != 0) {
        ARRAY_PUSH(scope->arena, &parts->terms,
                   expr_compare_literal(scope->arena, OP_EQUAL, left->expr, literal));
    } else {
        ARRAY_PUSH(scope->arena, &parts->items, literal->low);
    }
}

/* `term`, which may be NULL, as in~ compares. */
static const Expr *folded_if(QueryScope *scope, const Expr *term, const EqlNode *node)
{
    if (term == NULL || !node->case_insensitive || term->kind != EXPR_COMPARE ||
        term->as != COMPARE_AS_VALUE) {
        return term;
    }
    Expr *folded = ARENA_NEW(scope->arena, Expr);
    *folded = *term;
    folded->fold = true;
    return folded;
}

static bool add_term(QueryScope *scope, EqlNode *node, const EqlValue *left, const EqlValue *item,
                     InParts *parts)
{
    const Expr *term = NULL;
    parts->constant = parts->constant && item->constant;
    if (item->constant) {
        term = folded_if(scope, compare_computed(scope, OP_EQUAL, left, item), node);
    } else if (!eql_check(scope, node, item, (EqlWanted){.kind = 'X'})) {
        return false;
    } else if (left->constant) {
        term = folded_if(scope, compare_constant(scope, node, OP_EQUAL, item, left).expr, node);
    } else {
        term = eql_compare_values(scope, node, OP_EQUAL, left, item);
    }
    if (term != NULL) {
        ARRAY_PUSH(scope->arena, &parts->terms, term);
    }
    return term != NULL;
}

static bool add_item(QueryScope *scope, EqlNode *node, const EqlValue *left, uint32_t index,
                     InParts *parts)
{
    EqlValue item = eql_value(scope, node->items[index]);
    if (eql_value_refused(&item)) {
        return false;
    }
    if (!item.constant && !item.perhaps_null && !query_scope_extends(scope)) {
        refuse_fields(scope, eql_span(node), QUERY_CODE_UNSUPPORTED, item.node,
                      query_scope_source(scope, node));
        return false;
    }
    if (eql_value_is_null(&item)) {
        return true;
    }
    if (!is_literal(&item)) {
        return add_term(scope, node, left, &item, parts);
    }
    if (!eql_value_is_field(left)) {
        ARRAY_PUSH(scope->arena, &parts->items, item.expr->literal);
        return true;
    }
    FieldLiteral literal =
        field_literal(scope->arena, left->field_type, item.expr->literal, OP_EQUAL);
    if (!literal.fits && !misfit(scope, node, left, &item, count_word(scope->arena, index + 1))) {
        return false;
    }
    push_literal(scope, parts, left, &literal);
    return true;
}

EqlValue eql_in_items(QueryScope *scope, EqlNode *node, const EqlValue *left, uint32_t first)
{
    InParts parts = {.as = compare_as(left->type), .constant = left->constant};
    bool refused = false;
    for (uint32_t i = first; i < node->item_count; i++) {
        refused = !add_item(scope, node, left, i, &parts) || refused;
    }
    if (refused) {
        return (EqlValue){.node = node};
    }
    Expr *list = expr_list(scope->arena, EXPR_IN, left->expr, parts.items.items, parts.items.count);
    list->as = parts.as;
    list->fold = node->case_insensitive;
    const Expr *expr = expr_either(scope->arena, list, parts.terms.items, parts.terms.count);
    return eql_value_boolean(node, expr, parts.constant);
}

EqlValue eql_in(QueryScope *scope, EqlNode *node)
{
    EqlValue left = eql_value(scope, node->left);
    if (eql_value_refused(&left) || !eql_check(scope, node, &left, (EqlWanted){.kind = 'X'})) {
        return (EqlValue){.node = node};
    }
    EqlValue value = eql_in_items(scope, node, &left, 0);
    if (!eql_value_refused(&value) && node->negated) {
        value.expr = expr_unary(scope->arena, EXPR_NOT, value.expr);
    }
    return value;
}
