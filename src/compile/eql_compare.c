#include "compile/eql_value.h"

#include "base/regex.h"

/* ---- parts ---- */

static const Expr *compare_expr(EqlScope *scope, ExprOp op, const Expr *left, Value right,
                                CompareAs as)
{
    Expr *expr = eql_expr_new(scope, EXPR_COMPARE, 2);
    expr->op = op;
    expr->as = as;
    eql_expr_set(expr, 0, left);
    eql_expr_set(expr, 1, eql_expr_literal(scope, right));
    return expr;
}

static bool is_literal(const EqlValue *value)
{
    return value->expr->kind == EXPR_LITERAL;
}

static bool is_null(const EqlValue *value)
{
    return is_literal(value) && value->expr->literal.kind == VALUE_NULL;
}

/* A comparison with a field has the literal in the field's own type; "== 2024-05-06" on a date means
 * the whole day. */
static const Expr *with_literal(EqlScope *scope, ExprOp op, const Expr *left,
                                const EqlLiteral *literal)
{
    if (op == OP_EQUAL && value_compare(&literal->low, &literal->high) != 0) {
        Expr *span = eql_expr_new(scope, EXPR_AND, 2);
        eql_expr_set(span, 0,
                     compare_expr(scope, OP_GREATER_EQUAL, left, literal->low, literal->as));
        eql_expr_set(span, 1, compare_expr(scope, OP_LESS_EQUAL, left, literal->high, literal->as));
        return span;
    }
    bool from_the_end = op == OP_GREATER || op == OP_LESS_EQUAL;
    return compare_expr(scope, op, left, from_the_end ? literal->high : literal->low, literal->as);
}

/* False when it is refused: a literal that the field's type cannot hold. */
static bool misfit(EqlScope *scope, EqlNode *node, const EqlValue *left, const EqlValue *right,
                   Str ordinal)
{
    if (right->expr->literal.kind == VALUE_STRING && left->type == EQL_TYPE_DATE &&
        str_starts_with(right->expr->literal.text, STR("now"))) {
        eql_scope_refuse(scope, eql_span(right->node), EQL_CODE_UNSUPPORTED,
                         "A date that hangs on [now] is not supported");
        return false;
    }
    Str source = eql_scope_source(scope, node);
    Str found = eql_scope_source(scope, right->node);
    return eql_scope_doubt(scope, eql_span(node), EQL_CODE_TYPE,
                           "%.*s argument of [%.*s] must be [%.*s], found value [%.*s] type [%.*s]",
                           STR_ARG(ordinal), STR_ARG(source), STR_ARG(left->type_name),
                           STR_ARG(found), STR_ARG(right->type_name));
}

static void refuse_fields(EqlScope *scope, EqlSpan where, const char *code, EqlNode *offender,
                          Str operation)
{
    Str name = eql_scope_source(scope, offender);
    eql_scope_refuse(scope, where, code,
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

static const Expr *compare_computed(EqlScope *scope, ExprOp op, const EqlValue *left,
                                    const EqlValue *right)
{
    Expr *expr = eql_expr_new(scope, EXPR_COMPARE, 2);
    expr->op = op;
    expr->as = compare_as(left->type);
    eql_expr_set(expr, 0, left->expr);
    eql_expr_set(expr, 1, right->expr);
    return expr;
}

/* The constant stands on the right. */
static EqlValue compare_constant(EqlScope *scope, EqlNode *node, ExprOp op, const EqlValue *left,
                                 const EqlValue *right)
{
    const Expr *expr = NULL;
    if (left->expr->kind == EXPR_FIELD && is_literal(right)) {
        EqlLiteral literal = eql_literal(scope->arena, left, right->expr->literal, op);
        Str ordinal = right->node == node->right ? STR("second") : STR("first");
        if (literal.fits || misfit(scope, node, left, right, ordinal)) {
            expr = with_literal(scope, op, left->expr, &literal);
        }
    } else {
        expr = compare_computed(scope, op, left, right);
    }
    return eql_value_boolean(node, expr, left->constant);
}

/* `f == null` asks whether f is missing, whatever its type; `f < null` is never true. */
static EqlValue compare_null(EqlScope *scope, EqlNode *node, const EqlValue *other)
{
    const Expr *expr = compare_op(node->op, false) == OP_EQUAL
                           ? eql_expr_unary(scope, EXPR_IS_NULL, other->expr)
                           : eql_expr_literal(scope, value_null());
    return eql_value_boolean(node, expr, other->constant);
}

/* One side may turn out to be a field that nothing has: then it is the null itself, and `x == ?nothing`
 * asks whether x is missing. */
static EqlValue compare_perhaps_null(EqlScope *scope, EqlNode *node, const EqlValue *left,
                                     const EqlValue *right)
{
    ExprOp op = compare_op(node->op, false);
    const Expr *expr = compare_computed(scope, op, left, right);
    if (op != OP_EQUAL) {
        return eql_value_boolean(node, expr, false);
    }
    Expr *both_null = eql_expr_new(scope, EXPR_AND, 2);
    eql_expr_set(both_null, 0, eql_expr_unary(scope, EXPR_IS_NULL, left->expr));
    eql_expr_set(both_null, 1, eql_expr_unary(scope, EXPR_IS_NULL, right->expr));
    Expr *either = eql_expr_new(scope, EXPR_OR, 2);
    eql_expr_set(either, 0, both_null);
    eql_expr_set(either, 1, expr);
    return eql_value_boolean(node, either, false);
}

static EqlValue compare(EqlScope *scope, EqlNode *node)
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
    if (is_null(&left) || is_null(&right)) {
        return compare_null(scope, node, is_null(&right) ? &left : &right);
    }
    if (!left.constant && !right.constant && (left.perhaps_null || right.perhaps_null)) {
        return compare_perhaps_null(scope, node, &left, &right);
    }
    if (!left.constant && !right.constant) {
        refuse_fields(scope, eql_span(node->right), EQL_CODE_COMPARISON, node->right,
                      compare_symbol(node->op));
        return (EqlValue){.node = node};
    }
    bool swapped = left.constant && !right.constant;
    ExprOp op = compare_op(node->op, swapped);
    return swapped ? compare_constant(scope, node, op, &right, &left)
                   : compare_constant(scope, node, op, &left, &right);
}

EqlValue eql_compare(EqlScope *scope, EqlNode *node)
{
    EqlValue value = compare(scope, node);
    if (!eql_value_refused(&value) && node->op == EQL_NOT_EQUAL) {
        value.expr = eql_expr_unary(scope, EXPR_NOT, value.expr);
    }
    return value;
}

/* ---- in ---- */

typedef struct InParts {
    ARRAY(Value) items;        /* one IN */
    ARRAY(const Expr *) terms; /* what cannot be an item: computed constants, spans of dates */
    CompareAs as;
} InParts;

static Str count_word(Arena *arena, uint32_t number)
{
    uint32_t ones = number / 10 % 10 == 1 ? 0 : number % 10;
    const char *end = ones == 1 ? "st" : ones == 2 ? "nd" : ones == 3 ? "rd" : "th";
    return str_format(arena, "%u%s", number, end);
}

static void push_literal(EqlScope *scope, InParts *parts, const EqlValue *left,
                         const EqlLiteral *literal)
{
    /* An item that does not fit its field compares by value, the others as the field does. */
    if (literal->as != parts->as || value_compare(&literal->low, &literal->high) != 0) {
        ARRAY_PUSH(scope->arena, &parts->terms, with_literal(scope, OP_EQUAL, left->expr, literal));
    } else {
        ARRAY_PUSH(scope->arena, &parts->items, literal->low);
    }
}

static bool add_item(EqlScope *scope, EqlNode *node, const EqlValue *left, uint32_t index,
                     InParts *parts)
{
    EqlValue item = eql_value(scope, node->items[index]);
    if (eql_value_refused(&item)) {
        return false;
    }
    if (!item.constant && !item.perhaps_null) {
        refuse_fields(scope, eql_span(node), EQL_CODE_UNSUPPORTED, item.node,
                      eql_scope_source(scope, node));
        return false;
    }
    if (is_null(&item)) {
        return true;
    }
    if (!is_literal(&item)) {
        ARRAY_PUSH(scope->arena, &parts->terms, compare_computed(scope, OP_EQUAL, left, &item));
        return true;
    }
    if (left->expr->kind != EXPR_FIELD) {
        ARRAY_PUSH(scope->arena, &parts->items, item.expr->literal);
        return true;
    }
    EqlLiteral literal = eql_literal(scope->arena, left, item.expr->literal, OP_EQUAL);
    if (!literal.fits && !misfit(scope, node, left, &item, count_word(scope->arena, index + 1))) {
        return false;
    }
    push_literal(scope, parts, left, &literal);
    return true;
}

/* The list and what stands beside it, joined by "or". */
static const Expr *join_terms(EqlScope *scope, const Expr *list, const Expr *const *terms,
                              uint32_t count)
{
    if (count == 0) {
        return list;
    }
    Expr *either = eql_expr_new(scope, EXPR_OR, count + 1);
    eql_expr_set(either, 0, list);
    for (uint32_t i = 0; i < count; i++) {
        eql_expr_set(either, i + 1, terms[i]);
    }
    return either;
}

EqlValue eql_in(EqlScope *scope, EqlNode *node)
{
    EqlValue left = eql_value(scope, node->left);
    if (eql_value_refused(&left) || !eql_check(scope, node, &left, (EqlWanted){.kind = 'X'})) {
        return (EqlValue){.node = node};
    }
    InParts parts = {.as = compare_as(left.type)};
    bool refused = false;
    for (uint32_t i = 0; i < node->item_count; i++) {
        refused = !add_item(scope, node, &left, i, &parts) || refused;
    }
    if (refused) {
        return (EqlValue){.node = node};
    }
    Expr *list = eql_expr_new(scope, EXPR_IN, 1);
    list->as = parts.as;
    list->fold = node->case_insensitive;
    list->items = parts.items.items;
    list->item_count = parts.items.count;
    eql_expr_set(list, 0, left.expr);
    const Expr *expr = join_terms(scope, list, parts.terms.items, parts.terms.count);
    expr = node->negated ? eql_expr_unary(scope, EXPR_NOT, expr) : expr;
    return eql_value_boolean(node, expr, left.constant);
}

/* ---- like, regex ---- */

typedef ARRAY(Value) Texts;

/* Where in the query byte `at` of a text is, if the text stands there as it is meant. */
static EqlSpan span_in_text(const EqlScope *scope, EqlNode *node, size_t at)
{
    uint32_t quotes = node->raw ? 3 : 1;
    Str written = str_slice(scope->text, node->at + quotes, (size_t)node->at + node->len - quotes);
    if (!str_equal(written, node->text)) {
        return eql_span(node);
    }
    return (EqlSpan){node->at + quotes + (uint32_t)at, 1};
}

/* The longest part of a pattern between two '*' that has a '?' in it. */
static size_t loosest(Str pattern)
{
    size_t longest = 0;
    size_t at = 0;
    size_t from = 0;
    bool inside = false;
    for (size_t star; str_find_byte(pattern, '*', from, &star); from = star + 1) {
        Str part = str_slice(pattern, from, star);
        if (inside && part.len > longest && str_find_byte(part, '?', 0, &at)) {
            longest = part.len;
        }
        inside = true;
    }
    return longest;
}

static bool check_wildcard(EqlScope *scope, EqlNode *item)
{
    if (loosest(item->text) <= EQL_MAX_LOOSE) {
        return true;
    }
    eql_scope_refuse(scope, eql_span(item), EQL_CODE_PATTERN,
                     "more than %d bytes between two * of a pattern, with ? among them",
                     EQL_MAX_LOOSE);
    return false;
}

static bool check_regex(EqlScope *scope, EqlNode *item, bool fold)
{
    Err err = {0};
    Arena *scratch = arena_new(); /* the automaton may be large, and the evaluator makes its own */
    const Regex *regex = regex_compile(scratch, item->text, fold, &err);
    bool sound = regex != NULL;
    uint32_t states = sound ? regex_states(regex) : 0;
    scope->regex_states += states;
    uint64_t all_states = plan_builder_count_states(scope->builder, states);
    arena_free(scratch);
    if (scope->regex_states > EQL_MAX_STATES) {
        eql_scope_refuse(scope, eql_span(item), EQL_CODE_PATTERN,
                         "the query's regular expressions are too large together (more than %d "
                         "states)",
                         EQL_MAX_STATES);
        return false;
    }
    if (all_states > EQL_MAX_STATES_OF_ALL) {
        eql_scope_refuse(scope, eql_span(item), EQL_CODE_PATTERN,
                         "the regular expressions of all queries are too large together (more "
                         "than %d states)",
                         EQL_MAX_STATES_OF_ALL);
        return false;
    }
    if (sound) {
        return true;
    }
    eql_scope_refuse(scope, span_in_text(scope, item, err.at), EQL_CODE_PATTERN, "%s", err.text);
    return false;
}

static bool check_patterns(EqlScope *scope, EqlNode *node, const EqlValue *left, Texts *texts)
{
    EqlWanted wanted = {.kind = 'S'};
    if (node->colon) {
        wanted.ordinal = 1;
        wanted.operation = STR(":");
        wanted.hint = "; consider using [==] instead";
    }
    if (!eql_check(scope, node, left, wanted)) {
        return false;
    }
    wanted.ordinal = 2;
    for (uint32_t i = 0; i < node->item_count; i++) {
        EqlValue item = eql_value(scope, node->items[i]);
        if (!eql_check(scope, node, &item, wanted)) {
            return false;
        }
        if (is_null(&item)) {
            continue;
        }
        if (node->kind == EQL_REGEX ? !check_regex(scope, item.node, node->case_insensitive)
                                    : !check_wildcard(scope, item.node)) {
            return false;
        }
        ARRAY_PUSH(scope->arena, texts, item.expr->literal);
    }
    return true;
}

static const Expr *list_expr(EqlScope *scope, ExprKind kind, EqlNode *node, const EqlValue *left,
                             const Texts *items)
{
    Expr *expr = eql_expr_new(scope, kind, 1);
    expr->fold = node->case_insensitive;
    expr->items = items->items;
    expr->item_count = items->count;
    eql_expr_set(expr, 0, left->expr);
    return expr;
}

static bool has_wildcard(Str text)
{
    size_t at = 0;
    return str_find_byte(text, '*', 0, &at) || str_find_byte(text, '?', 0, &at);
}

/* Texts without wildcards are found by a hash, so they are kept apart from those with. */
static const Expr *like_expr(EqlScope *scope, EqlNode *node, const EqlValue *left,
                             const Texts *texts)
{
    Texts plain = {0};
    Texts wild = {0};
    for (uint32_t i = 0; i < texts->count; i++) {
        Value text = texts->items[i];
        if (has_wildcard(text.text)) {
            ARRAY_PUSH(scope->arena, &wild, text);
        } else {
            ARRAY_PUSH(scope->arena, &plain, text);
        }
    }
    if (wild.count == 0) {
        return list_expr(scope, EXPR_IN, node, left, &plain);
    }
    const Expr *patterns = list_expr(scope, EXPR_LIKE, node, left, &wild);
    if (plain.count == 0) {
        return patterns;
    }
    return join_terms(scope, list_expr(scope, EXPR_IN, node, left, &plain), &patterns, 1);
}

EqlValue eql_pattern(EqlScope *scope, EqlNode *node)
{
    Texts texts = {0};
    EqlValue left = eql_value(scope, node->left);
    if (eql_value_refused(&left) || !check_patterns(scope, node, &left, &texts)) {
        return (EqlValue){.node = node};
    }
    const Expr *expr = node->kind == EQL_LIKE ? like_expr(scope, node, &left, &texts)
                                              : list_expr(scope, EXPR_REGEX, node, &left, &texts);
    return eql_value_boolean(node, expr, left.constant);
}
