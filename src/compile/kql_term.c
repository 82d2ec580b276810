#include "compile/kql_term.h"

#include "base/regex.h"
#include "base/text_words.h"
#include "base/utf8.h"
#include "lang/date_math.h"

static QuerySpan span_of(const KqlWord *word)
{
    return (QuerySpan){word->at, word->len};
}

/* ---- the field ---- */

bool kql_term_init(KqlScope *scope, const KqlWord *name, KqlTerm *term)
{
    QueryScope *base = scope->base;
    if (name == NULL || kql_word_has_wildcard(name)) {
        return false;
    }
    EqlNode *node = ARENA_NEW(base->arena, EqlNode);
    *node = (EqlNode){.kind = EQL_FIELD,
                      .at = name->at,
                      .len = name->len,
                      .optional = true,
                      .text = str_trim(name->parts[0])};
    *term = (KqlTerm){.name = name, .field = eql_field(base, node)};
    return !eql_value_refused(&term->field);
}

/* A field that the mapping lacks, and that no event can have. */
static bool is_absent(const KqlTerm *term)
{
    return term->field.expr->kind == EXPR_LITERAL;
}

static NodeId predicate(KqlScope *scope, const Expr *expr)
{
    return plan_builder_predicate(scope->base->builder, expr);
}

static NodeId exists(KqlScope *scope, const KqlTerm *term)
{
    const Expr *is_null = expr_unary(scope->base->arena, EXPR_IS_NULL, term->field.expr);
    return plan_builder_not(scope->base->builder, predicate(scope, is_null));
}

/* ---- dates ---- */

static bool is_date(const KqlTerm *term)
{
    return term->field.field_type == FIELD_DATE || term->field.field_type == FIELD_DATE_NANOS;
}

/* The first and the last moment that the text means: what it leaves out may be anything. */
static bool date_span(KqlScope *scope, const KqlTerm *term, const KqlWord *value, FieldLiteral *out)
{
    Str text = value->parts[0];
    int64_t low = 0;
    int64_t high = 0;
    Err err = {0};
    if (str_starts_with(text, STR("now")) && !scope->has_now) {
        return false;
    }
    if (!date_math_parse(text, scope->now_ns, false, &low, &err) ||
        !date_math_parse(text, scope->now_ns, true, &high, &err)) {
        *out =
            field_literal(scope->base->arena, term->field.field_type, value_string(text), OP_EQUAL);
        return out->fits;
    }
    *out = (FieldLiteral){.low = value_date_of_type(low, term->field.field_type),
                          .high = value_date_of_type(high, term->field.field_type),
                          .as = COMPARE_AS_VALUE,
                          .fits = true};
    return true;
}

static bool refuse_date(KqlScope *scope, const KqlTerm *term, const KqlWord *value)
{
    bool hangs_on_now = str_starts_with(value->parts[0], STR("now")) && !scope->has_now;
    Str name = term->field.node->text;
    if (hangs_on_now) {
        query_scope_refuse(scope->base, span_of(value), QUERY_CODE_UNSUPPORTED,
                           "a date that hangs on \"now\" is not supported in rules");
    } else {
        query_scope_refuse(scope->base, span_of(value), QUERY_CODE_TYPE,
                           "\"%.*s\" is a date, and this is none", STR_ARG(name));
    }
    return false;
}

static bool add_date(KqlScope *scope, KqlTerm *term, const KqlWord *value)
{
    FieldLiteral span;
    if (!date_span(scope, term, value, &span)) {
        return refuse_date(scope, term, value);
    }
    const Expr *expr = expr_compare_literal(scope->base->arena, OP_EQUAL, term->field.expr, &span);
    ARRAY_PUSH(scope->base->arena, &term->nodes, predicate(scope, expr));
    return true;
}

/* ---- wildcards ---- */

static bool parts_hold(const KqlWord *value, const char *bytes)
{
    for (uint32_t i = 0; i < value->part_count; i++) {
        for (size_t at = 0; at < value->parts[i].len; at++) {
            if (value->parts[i].ptr[at] != '\0' && strchr(bytes, value->parts[i].ptr[at]) != NULL) {
                return true;
            }
        }
    }
    return false;
}

static Str pattern_of(KqlScope *scope, const KqlWord *value)
{
    return str_join(scope->base->arena, value->parts, value->part_count, STR("*"));
}

#define REGEX_OPERATORS ".?+*|{}[]()\"\\#@&<>~"

void kql_append_regex(Buffer *out, Str text, bool wildcards)
{
    for (size_t at = 0; at < text.len; at++) {
        char c = text.ptr[at];
        if (wildcards && (c == '*' || c == '?')) {
            buffer_append_c(out, c == '*' ? ".*" : ".");
            continue;
        }
        buffer_append_c(out, c != '\0' && strchr(REGEX_OPERATORS, c) != NULL ? "\\" : "");
        buffer_append_byte(out, c);
    }
}

/* A regular expression can tell a literal * or ?. */
static Str regex_of(KqlScope *scope, const KqlWord *value)
{
    Buffer out = {0};
    for (uint32_t i = 0; i < value->part_count; i++) {
        buffer_append_c(&out, i == 0 ? "" : ".*");
        kql_append_regex(&out, value->parts[i], false);
    }
    Str text = str_copy(scope->base->arena, buffer_str(&out));
    buffer_done(&out);
    return text;
}

bool kql_check_states(KqlScope *scope, QuerySpan where, Str regex)
{
    Err err = {0};
    Arena *scratch = arena_new();
    const Regex *compiled = regex_compile(scratch, regex, false, &err);
    uint32_t states = compiled == NULL ? 0 : regex_states(compiled);
    arena_free(scratch);
    if (compiled == NULL) {
        query_scope_refuse(scope->base, where, QUERY_CODE_PATTERN, "%s", err.text);
        return false;
    }
    return query_scope_take_states(scope->base, where, states);
}

/* Kinds of values that have no characters to run through. */
static bool takes_wildcards(const KqlTerm *term)
{
    switch (term->field.type) {
    case EQL_TYPE_BOOLEAN:
    case EQL_TYPE_INTEGER:
    case EQL_TYPE_LONG:
    case EQL_TYPE_DOUBLE:
    case EQL_TYPE_DATE:
    case EQL_TYPE_IP: return false;
    case EQL_TYPE_NULL:
    case EQL_TYPE_ANY:
    case EQL_TYPE_KEYWORD:
    case EQL_TYPE_TEXT:
    case EQL_TYPE_VERSION: break;
    }
    return true;
}

/* Any of the words will do. No word has a * or ? of its own. */
static void add_word_patterns(KqlScope *scope, KqlTerm *term, const KqlWord *value)
{
    Arena *arena = scope->base->arena;
    Str rest = utf8_fold(arena, pattern_of(scope, value));
    Str word;
    while (!parts_hold(value, "*?") && str_split(&rest, ' ', &word)) {
        if (word.len > 0) {
            ARRAY_PUSH(arena, &term->word_patterns, value_string(word));
        }
    }
}

static bool add_pattern(KqlScope *scope, KqlTerm *term, const KqlWord *value)
{
    QueryScope *base = scope->base;
    if (!takes_wildcards(term) &&
        !query_scope_doubt(
            base, span_of(value), QUERY_CODE_TYPE,
            "wildcards are for keyword, text and wildcard fields, and [%.*s] is of type "
            "[%.*s]",
            STR_ARG(term->field.node->text), STR_ARG(term->field.type_name))) {
        return false;
    }
    if (term->field.field_type == FIELD_TEXT) {
        add_word_patterns(scope, term, value);
    } else if (parts_hold(value, "*?")) {
        Value regex = value_string(regex_of(scope, value));
        if (!kql_check_states(scope, span_of(value), regex.text)) {
            return false;
        }
        ARRAY_PUSH(base->arena, &term->regexes, regex);
    } else {
        ARRAY_PUSH(base->arena, &term->patterns, value_string(pattern_of(scope, value)));
    }
    return true;
}

/* ---- values ---- */

/* A phrase asks for its words in a row, words without quotes for any of them. */
static void add_words(KqlScope *scope, KqlTerm *term, const KqlWord *value)
{
    Arena *arena = scope->base->arena;
    Str words = text_words_of(arena, value->parts[0]);
    size_t at = 0;
    Str word;
    if (value->quoted && words.len > 0) {
        ARRAY_PUSH(arena, &term->phrases, value_string(words));
        return;
    }
    while (text_words_next(words, &at, &word)) {
        Value item = value_string(str_format(arena, " %.*s ", STR_ARG(word)));
        ARRAY_PUSH(arena, &term->phrases, item);
    }
}

/* The text as the field's type has it. False when it cannot be, and that is refused. */
static bool in_type(KqlScope *scope, const KqlTerm *term, const KqlWord *value, ExprOp op,
                    FieldLiteral *out)
{
    *out = field_literal(scope->base->arena, term->field.field_type, value_string(value->parts[0]),
                         op);
    return out->fits ||
           query_scope_doubt(scope->base, span_of(value), QUERY_CODE_TYPE,
                             "[%.*s] is of type [%.*s], which this value cannot be",
                             STR_ARG(term->field.node->text), STR_ARG(term->field.type_name));
}

static bool add_exact(KqlScope *scope, KqlTerm *term, const KqlWord *value)
{
    FieldLiteral literal;
    if (!in_type(scope, term, value, OP_EQUAL, &literal)) {
        return false;
    }
    ARRAY_PUSH(scope->base->arena, &term->exact[literal.as], literal.low);
    return true;
}

bool kql_term_add(KqlScope *scope, KqlTerm *term, const KqlWord *value)
{
    if (is_absent(term)) {
        return true;
    }
    if (kql_word_is_any(value)) {
        ARRAY_PUSH(scope->base->arena, &term->nodes, exists(scope, term));
        return true;
    }
    if (kql_word_has_wildcard(value)) {
        return add_pattern(scope, term, value);
    }
    if (is_date(term)) {
        return add_date(scope, term, value);
    }
    if (term->field.field_type == FIELD_TEXT) {
        add_words(scope, term, value);
        return true;
    }
    return add_exact(scope, term, value);
}

static void push_list(KqlScope *scope, const KqlTerm *term, Expr list, KqlNodes *to)
{
    if (list.item_count > 0) {
        Expr *expr =
            expr_list(scope->base->arena, list.kind, term->field.expr, list.items, list.item_count);
        expr->as = list.as;
        ARRAY_PUSH(scope->base->arena, to, predicate(scope, expr));
    }
}

#define LIST(expr_kind, values)                                                    \
    (Expr)                                                                         \
    {                                                                              \
        .kind = (expr_kind), .items = (values).items, .item_count = (values).count \
    }

void kql_term_finish(KqlScope *scope, const KqlTerm *term, KqlNodes *to)
{
    for (uint32_t as = 0; as < KQL_EXACT_KINDS; as++) {
        Expr list = LIST(EXPR_IN, term->exact[as]);
        list.as = (CompareAs)as;
        push_list(scope, term, list, to);
    }
    push_list(scope, term, LIST(EXPR_LIKE, term->patterns), to);
    push_list(scope, term, LIST(EXPR_REGEX, term->regexes), to);
    push_list(scope, term, LIST(EXPR_PHRASE, term->phrases), to);
    push_list(scope, term, LIST(EXPR_WORD_LIKE, term->word_patterns), to);
    for (uint32_t i = 0; i < term->nodes.count; i++) {
        ARRAY_PUSH(scope->base->arena, to, term->nodes.items[i]);
    }
}

/* ---- ranges ---- */

static ExprOp range_op(KqlOp op)
{
    switch (op) {
    case KQL_LESS: return OP_LESS;
    case KQL_LESS_EQUAL: return OP_LESS_EQUAL;
    case KQL_GREATER: return OP_GREATER;
    case KQL_GREATER_EQUAL: break;
    }
    return OP_GREATER_EQUAL;
}

bool kql_term_range(KqlScope *scope, const KqlNode *range, NodeId *out)
{
    KqlTerm term = {0};
    if (!kql_term_init(scope, range->field, &term)) {
        return false;
    }
    *out = plan_builder_constant(scope->base->builder, false);
    if (is_absent(&term)) {
        return true;
    }
    ExprOp op = range_op(range->op);
    FieldLiteral literal = {0};
    if (is_date(&term)) {
        if (!date_span(scope, &term, range->value, &literal)) {
            return refuse_date(scope, &term, range->value);
        }
    } else if (!in_type(scope, &term, range->value, op, &literal)) {
        return false;
    }
    *out =
        predicate(scope, expr_compare_literal(scope->base->arena, op, term.field.expr, &literal));
    return true;
}
