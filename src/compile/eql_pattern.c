#include "compile/eql_value.h"

#include "base/regex.h"

typedef ARRAY(Value) Texts;
typedef ARRAY(const Expr *) Terms;

/* What stands on the right: constants, and behind ":" also values of the event. */
typedef struct Operands {
    Texts texts;
    Terms terms;
} Operands;

/* Where in the query byte `at` of a text is, if the text stands there as it is meant. */
static QuerySpan span_in_text(const QueryScope *scope, EqlNode *node, size_t at)
{
    uint32_t quotes = node->raw ? 3 : 1;
    Str written = str_slice(scope->text, node->at + quotes, (size_t)node->at + node->len - quotes);
    if (!str_equal(written, node->text)) {
        return eql_span(node);
    }
    return (QuerySpan){node->at + quotes + (uint32_t)at, 1};
}

static bool check_regex(QueryScope *scope, EqlNode *item, bool fold)
{
    Err err = {0};
    Arena *scratch = arena_new(); /* the automaton may be large, and the evaluator makes its own */
    const Regex *regex = regex_compile(scratch, item->text, fold, &err);
    bool sound = regex != NULL;
    uint32_t states = sound ? regex_states(regex) : 0;
    arena_free(scratch);
    if (!query_scope_take_states(scope, eql_span(item), states)) {
        return false;
    }
    if (sound) {
        return true;
    }
    query_scope_refuse(scope, span_in_text(scope, item, err.at), QUERY_CODE_PATTERN, "%s",
                       err.text);
    return false;
}

static bool add_pattern(QueryScope *scope, EqlNode *node, const EqlValue *item, Operands *operands)
{
    bool sound = node->kind == EQL_REGEX
                     ? check_regex(scope, item->node, node->case_insensitive)
                     : query_scope_check_wildcard(scope, item->node->text, eql_span(item->node));
    if (sound) {
        ARRAY_PUSH(scope->arena, &operands->texts, item->expr->literal);
    }
    return sound;
}

static bool add_term(QueryScope *scope, EqlNode *node, const EqlValue *left, const EqlValue *item,
                     Operands *operands)
{
    const Expr *term = eql_compare_values(scope, node, OP_EQUAL, left, item);
    if (term != NULL) {
        ARRAY_PUSH(scope->arena, &operands->terms, term);
    }
    return term != NULL;
}

static bool read_operands(QueryScope *scope, EqlNode *node, const EqlValue *left,
                          Operands *operands)
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
        if (eql_value_refused(&item) || !eql_check(scope, node, &item, wanted)) {
            return false;
        }
        if (eql_value_is_null(&item)) {
            continue;
        }
        bool is_pattern = item.expr->kind == EXPR_LITERAL;
        if (is_pattern ? !add_pattern(scope, node, &item, operands)
                       : !add_term(scope, node, left, &item, operands)) {
            return false;
        }
    }
    return true;
}

static const Expr *list_expr(QueryScope *scope, ExprKind kind, EqlNode *node, const EqlValue *left,
                             const Texts *items)
{
    Expr *expr = expr_list(scope->arena, kind, left->expr, items->items, items->count);
    expr->fold = node->case_insensitive;
    return expr;
}

static bool has_wildcard(Str text)
{
    size_t at = 0;
    return str_find_byte(text, '*', 0, &at) || str_find_byte(text, '?', 0, &at);
}

/* Texts without wildcards are found by a hash, so they are kept apart from those with. */
static const Expr *like_expr(QueryScope *scope, EqlNode *node, const EqlValue *left,
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
    return expr_either(scope->arena, list_expr(scope, EXPR_IN, node, left, &plain), &patterns, 1);
}

EqlValue eql_pattern(QueryScope *scope, EqlNode *node)
{
    Operands operands = {0};
    EqlValue left = eql_value(scope, node->left);
    if (eql_value_refused(&left) || !read_operands(scope, node, &left, &operands)) {
        return (EqlValue){.node = node};
    }
    const Texts *texts = &operands.texts;
    const Expr *expr = node->kind == EQL_LIKE ? like_expr(scope, node, &left, texts)
                                              : list_expr(scope, EXPR_REGEX, node, &left, texts);
    expr = expr_either(scope->arena, expr, operands.terms.items, operands.terms.count);
    return eql_value_boolean(node, expr, left.constant && operands.terms.count == 0);
}
