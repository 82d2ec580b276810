#include "compile/query_term.h"

#include "base/regex.h"
#include "base/text_words.h"
#include "base/utf8.h"
#include "compile/query_date.h"
#include "event/field_pattern.h"

/* How many fields of one "or" are told apart; each further one is a term of its own, which costs nothing but speed. */
#define MAX_TERMS 64

/* ---- fields ---- */

static bool init_pattern(QueryScope *scope, QueryText name, QueryTerm *term)
{
    FieldKinds kinds = {0};
    if (name.text.len > FIELD_PATTERN_BYTES) {
        query_scope_refuse(scope, name.where, EQL_CODE_LIMIT,
                           "a field's name with * of more than %d bytes", FIELD_PATTERN_BYTES);
        return false;
    }
    field_pattern_kinds(scope->arena, scope->schema, name.text, &kinds);
    term->parts = ARENA_MANY(scope->arena, QueryPart, kinds.count);
    term->part_count = kinds.count;
    for (uint32_t i = 0; i < kinds.count; i++) {
        term->parts[i].kind = kinds.items[i];
    }
    return true;
}

bool query_term_init(QueryScope *scope, QueryText name, bool is_pattern, QueryTerm *term)
{
    *term = (QueryTerm){.name = name.text, .where = name.where, .is_pattern = is_pattern};
    if (is_pattern) {
        return init_pattern(scope, name, term);
    }
    EqlNode *node = ARENA_NEW(scope->arena, EqlNode);
    *node = (EqlNode){.kind = EQL_FIELD,
                      .at = name.where.at,
                      .len = name.where.len,
                      .optional = true,
                      .text = name.text};
    EqlValue field = eql_field(scope, node);
    if (eql_value_refused(&field)) {
        return false;
    }
    bool is_absent = field.expr->kind == EXPR_LITERAL;
    term->parts = ARENA_NEW(scope->arena, QueryPart);
    term->part_count = !is_absent;
    *term->parts = (QueryPart){.field = field.expr,
                               .kind = {.type = field.field_type, .type_name = field.type_name}};
    return true;
}

/* NULL when there is no room for one more field. */
static const Expr *field_of(QueryScope *scope, const QueryTerm *term, QueryPart *part)
{
    if (part->field == NULL) {
        FieldTable *fields = plan_builder_fields(scope->builder);
        if (!query_scope_has_room(scope, term->name, term->where)) {
            return NULL;
        }
        FieldId id = field_table_add_pattern(fields, term->name, &part->kind);
        part->field = expr_field(scope->arena, id);
    }
    return part->field;
}

static bool push(QueryScope *scope, QueryPart *part, const Expr *expr)
{
    ARRAY_PUSH(scope->arena, &part->nodes, plan_builder_predicate(scope->builder, expr));
    return true;
}

static bool is_text(const QueryPart *part)
{
    return part->kind.type == FIELD_TEXT;
}

static bool is_date(const QueryPart *part)
{
    return part->kind.type == FIELD_DATE || part->kind.type == FIELD_DATE_NANOS;
}

/* How a value goes with a part: what a pattern's fields cannot be is passed over; a named field's is doubted, and refused under a
 * mapping. */
typedef enum Fit { FITS, PASSED_OVER, REFUSED } Fit;

static Fit doubt(QueryScope *scope, const QueryTerm *term, const QueryPart *part, QuerySpan where,
                 const char *what)
{
    if (term->is_pattern) {
        return PASSED_OVER;
    }
    return query_scope_doubt(scope, where, QUERY_CODE_TYPE, "[%.*s] is of type [%.*s], %s",
                             STR_ARG(term->name), STR_ARG(part->kind.type_name), what)
               ? FITS
               : REFUSED;
}

/* Values that have no meaning as such; of patterns, where they are only asked to be there. */
static bool has_values(const QueryTerm *term, const QueryPart *part)
{
    return !term->is_pattern || (part->kind.type != FIELD_OTHER && part->kind.type != FIELD_OBJECT);
}

/* What is done to one part. False, and told, when it is refused. */
typedef bool Add(QueryScope *scope, const QueryTerm *term, QueryPart *part, const void *what);

static bool each_part(QueryScope *scope, QueryTerm *term, Add *add, const void *what)
{
    bool sound = true;
    for (uint32_t i = 0; i < term->part_count && sound; i++) {
        QueryPart *part = &term->parts[i];
        sound = !has_values(term, part) || add(scope, term, part, what);
    }
    return sound;
}

bool query_term_add_any(QueryScope *scope, QueryTerm *term)
{
    for (uint32_t i = 0; i < term->part_count; i++) {
        const Expr *field = field_of(scope, term, &term->parts[i]);
        if (field == NULL) {
            return false;
        }
        const Expr *is_null = expr_unary(scope->arena, EXPR_IS_NULL, field);
        NodeId absent = plan_builder_predicate(scope->builder, is_null);
        ARRAY_PUSH(scope->arena, &term->parts[i].nodes, plan_builder_not(scope->builder, absent));
    }
    return true;
}

/* ---- literals ---- */

/* The text as the field's type has it. */
static Fit in_type(QueryScope *scope, const QueryTerm *term, const QueryPart *part, QueryText text,
                   ExprOp op, FieldLiteral *out)
{
    if (is_date(part)) {
        bool fits = query_date(scope, part->kind.type, text.text, out);
        if (!fits && !term->is_pattern) {
            query_date_refuse(scope, term->name, text.text, text.where);
        }
        return fits ? FITS : term->is_pattern ? PASSED_OVER : REFUSED;
    }
    *out = field_literal(scope->arena, part->kind.type, value_string(text.text), op);
    return out->fits ? FITS : doubt(scope, term, part, text.where, "which this value cannot be");
}

static bool add_exact(QueryScope *scope, const QueryTerm *term, QueryPart *part, QueryText text)
{
    FieldLiteral literal;
    Fit fit = in_type(scope, term, part, text, OP_EQUAL, &literal);
    if (fit != FITS) {
        return fit == PASSED_OVER;
    }
    const Expr *field = field_of(scope, term, part);
    if (field != NULL && is_date(part)) {
        return push(scope, part, expr_compare_literal(scope->arena, OP_EQUAL, field, &literal));
    }
    ARRAY_PUSH(scope->arena, &part->exact[literal.as], literal.low);
    return field != NULL;
}

/* The words, each as an item of a list of phrases. */
static Value *words_of(QueryScope *scope, Str text, uint32_t *count)
{
    ARRAY(Value) items = {0};
    Str words = text_words_of(scope->arena, text);
    size_t at = 0;
    for (Str word; text_words_next(words, &at, &word);) {
        Value item = value_string(str_format(scope->arena, " %.*s ", STR_ARG(word)));
        ARRAY_PUSH(scope->arena, &items, item);
    }
    *count = items.count;
    return items.items;
}

typedef struct Words {
    QueryText text;
    bool phrase;
} Words;

static bool add_text(QueryScope *scope, const QueryTerm *term, QueryPart *part, const void *what)
{
    const Words *asked = what;
    if (!is_text(part)) {
        return add_exact(scope, term, part, asked->text);
    }
    uint32_t count = 0;
    const Value *words = words_of(scope, asked->text.text, &count);
    if (field_of(scope, term, part) == NULL) {
        return false;
    }
    if (asked->phrase && count > 0) {
        Value phrase = value_string(text_words_of(scope->arena, asked->text.text));
        ARRAY_PUSH(scope->arena, &part->phrases, phrase);
        return true;
    }
    for (uint32_t i = 0; i < count; i++) {
        ARRAY_PUSH(scope->arena, &part->phrases, words[i]);
    }
    return true;
}

bool query_term_add_text(QueryScope *scope, QueryTerm *term, QueryText text, bool phrase)
{
    return each_part(scope, term, add_text, &(Words){.text = text, .phrase = phrase});
}

static bool is_one_word(Arena *arena, Str text)
{
    Str words = text_words_of(arena, text);
    size_t at = 0;
    Str word;
    return text_words_next(words, &at, &word) && str_equal(word, text);
}

static bool add_as_is(QueryScope *scope, const QueryTerm *term, QueryPart *part, const void *what)
{
    const Words *asked = what;
    return (is_text(part) && !is_one_word(scope->arena, asked->text.text)) ||
           add_text(scope, term, part, asked);
}

bool query_term_add_as_is(QueryScope *scope, QueryTerm *term, QueryText text)
{
    return each_part(scope, term, add_as_is, &(Words){.text = text});
}

static bool add_folded(QueryScope *scope, const QueryTerm *term, QueryPart *part, const void *what)
{
    const Words *asked = what;
    Value *item = ARENA_NEW(scope->arena, Value);
    if (is_text(part)) {
        return add_text(scope, term, part, asked);
    }
    const Expr *field = field_of(scope, term, part);
    if (field == NULL) {
        return false;
    }
    *item = value_string(asked->text.text);
    Expr *expr = expr_list(scope->arena, EXPR_IN, field, item, 1);
    expr->fold = true;
    return push(scope, part, expr);
}

bool query_term_add_folded(QueryScope *scope, QueryTerm *term, QueryText text)
{
    return each_part(scope, term, add_folded, &(Words){.text = text});
}

static bool add_words(QueryScope *scope, const QueryTerm *term, QueryPart *part, const void *what)
{
    const Words *asked = what;
    if (!is_text(part)) {
        return add_exact(scope, term, part, asked->text);
    }
    uint32_t count = 0;
    const Value *words = words_of(scope, asked->text.text, &count);
    const Expr *field = field_of(scope, term, part);
    NodeId *nodes = ARENA_MANY(scope->arena, NodeId, count);
    for (uint32_t i = 0; i < count && field != NULL; i++) {
        const Expr *word = expr_list(scope->arena, EXPR_PHRASE, field, &words[i], 1);
        nodes[i] = plan_builder_predicate(scope->builder, word);
    }
    if (field != NULL && count > 0) {
        ARRAY_PUSH(scope->arena, &part->nodes, plan_builder_and(scope->builder, nodes, count));
    }
    return field != NULL;
}

bool query_term_add_words(QueryScope *scope, QueryTerm *term, QueryText text)
{
    return each_part(scope, term, add_words, &(Words){.text = text});
}

/* ---- ranges ---- */

static bool add_range(QueryScope *scope, const QueryTerm *term, QueryPart *part, const void *what)
{
    const QueryRange *range = what;
    const struct {
        ExprOp op;
        QueryText text;
    } ends[] = {{range->low_op, range->low}, {range->high_op, range->high}};
    const Expr *all[ARRAY_LEN(ends)];
    uint32_t count = 0;
    for (uint32_t i = 0; i < ARRAY_LEN(ends); i++) {
        FieldLiteral literal;
        if (ends[i].op == OP_NONE) {
            continue;
        }
        Fit fit = in_type(scope, term, part, ends[i].text, ends[i].op, &literal);
        if (fit != FITS) {
            return fit == PASSED_OVER;
        }
        const Expr *field = field_of(scope, term, part);
        if (field == NULL) {
            return false;
        }
        all[count++] = expr_compare_literal(scope->arena, ends[i].op, field, &literal);
    }
    assert(count > 0);
    if (count == 1) {
        return push(scope, part, all[0]);
    }
    Expr *both = expr_new(scope->arena, EXPR_AND, count);
    expr_set(both, 0, all[0]);
    expr_set(both, 1, all[1]);
    return push(scope, part, both);
}

bool query_term_add_range(QueryScope *scope, QueryTerm *term, const QueryRange *range)
{
    return each_part(scope, term, add_range, range);
}

/* ---- patterns ---- */

void query_pattern_escape(Buffer *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        buffer_append_c(out, c == '*' || c == '?' || c == '\\' ? "\\" : "");
        buffer_append_byte(out, c);
    }
}

#define REGEX_OPERATORS ".?+*|{}[]()\"\\#@&<>~"

/* A regular expression can tell a literal * or ?, which a wildcard cannot. */
static Str regex_of(Arena *arena, Str pattern)
{
    Buffer out = {0};
    for (size_t at = 0; at < pattern.len; at++) {
        char c = pattern.ptr[at];
        if (c == '*' || c == '?') {
            buffer_append_c(&out, c == '*' ? ".*" : ".");
            continue;
        }
        bool escapes = c == '\\' && at + 1 < pattern.len;
        c = pattern.ptr[at += escapes];
        buffer_append_c(&out, c != '\0' && strchr(REGEX_OPERATORS, c) != NULL ? "\\" : "");
        buffer_append_byte(&out, c);
    }
    Str regex = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return regex;
}

/* Without the backslashes. */
static Str unescaped(Arena *arena, Str pattern, bool *has_literal)
{
    char *text = ARENA_MANY(arena, char, pattern.len);
    size_t len = 0;
    *has_literal = false;
    for (size_t at = 0; at < pattern.len; at++) {
        bool escapes = pattern.ptr[at] == '\\' && at + 1 < pattern.len;
        at += escapes;
        *has_literal |= escapes && (pattern.ptr[at] == '*' || pattern.ptr[at] == '?');
        text[len++] = pattern.ptr[at];
    }
    return (Str){text, len};
}

static bool check_states(QueryScope *scope, QuerySpan where, Str regex, bool fold)
{
    Err err = {0};
    Arena *scratch = arena_new();
    const Regex *compiled = regex_compile(scratch, regex, fold, &err);
    uint32_t states = compiled == NULL ? 0 : regex_states(compiled);
    arena_free(scratch);
    if (compiled == NULL) {
        query_scope_refuse(scope, where, QUERY_CODE_PATTERN, "%s", err.text);
        return false;
    }
    return query_scope_take_states(scope, where, states);
}

static bool takes_wildcards(FieldType type)
{
    switch (type) {
    case FIELD_BOOLEAN:
    case FIELD_LONG:
    case FIELD_DOUBLE:
    case FIELD_DATE:
    case FIELD_DATE_NANOS:
    case FIELD_IP: return false;
    case FIELD_UNKNOWN:
    case FIELD_KEYWORD:
    case FIELD_TEXT:
    case FIELD_VERSION:
    case FIELD_FLATTENED:
    case FIELD_OBJECT:
    case FIELD_OTHER: break;
    }
    return true;
}

/* Of analysed text: any of the words will do. No word has a * or ? of its own. */
static void add_word_patterns(QueryScope *scope, QueryPart *part, const QueryPattern *pattern)
{
    bool has_literal = false;
    Str rest =
        utf8_fold(scope->arena, unescaped(scope->arena, pattern->pattern.text, &has_literal));
    if (has_literal) {
        return;
    }
    if (!pattern->words) {
        ARRAY_PUSH(scope->arena, &part->word_patterns, value_string(rest));
        return;
    }
    for (Str word; str_split(&rest, ' ', &word);) {
        if (word.len > 0) {
            ARRAY_PUSH(scope->arena, &part->word_patterns, value_string(word));
        }
    }
}

/* What folds is a list of its own: in others, no item does. */
static bool add_folded_list(QueryScope *scope, QueryPart *part, ExprKind kind, Str text)
{
    Value *item = ARENA_NEW(scope->arena, Value);
    *item = value_string(text);
    Expr *expr = expr_list(scope->arena, kind, part->field, item, 1);
    expr->fold = true;
    return push(scope, part, expr);
}

static bool add_pattern(QueryScope *scope, const QueryTerm *term, QueryPart *part, const void *what)
{
    const QueryPattern *asked = what;
    QuerySpan where = asked->pattern.where;
    Fit fit = takes_wildcards(part->kind.type)
                  ? FITS
                  : doubt(scope, term, part, where,
                          "and wildcards are for keyword, text and wildcard fields");
    if (fit != FITS) {
        return fit == PASSED_OVER;
    }
    bool has_literal = false;
    Str text = unescaped(scope->arena, asked->pattern.text, &has_literal);
    if (field_of(scope, term, part) == NULL || !query_scope_check_wildcard(scope, text, where)) {
        return false;
    }
    if (is_text(part)) {
        add_word_patterns(scope, part, asked);
        return true;
    }
    if (has_literal) {
        text = regex_of(scope->arena, asked->pattern.text);
        if (!check_states(scope, where, text, asked->fold)) {
            return false;
        }
    }
    if (asked->fold) {
        return add_folded_list(scope, part, has_literal ? EXPR_REGEX : EXPR_LIKE, text);
    }
    if (has_literal) {
        ARRAY_PUSH(scope->arena, &part->regexes, value_string(text));
    } else {
        ARRAY_PUSH(scope->arena, &part->patterns, value_string(text));
    }
    return true;
}

bool query_term_add_pattern(QueryScope *scope, QueryTerm *term, const QueryPattern *pattern)
{
    return each_part(scope, term, add_pattern, pattern);
}

static bool add_regex(QueryScope *scope, const QueryTerm *term, QueryPart *part, const void *what)
{
    const QueryPattern *asked = what;
    QuerySpan where = asked->pattern.where;
    if (is_text(part)) {
        query_scope_refuse(scope, where, QUERY_CODE_UNSUPPORTED,
                           "a regular expression over the words of analysed text is not supported");
        return false;
    }
    Fit fit =
        takes_wildcards(part->kind.type)
            ? FITS
            : doubt(scope, term, part, where, "and regular expressions are for keyword fields");
    if (fit != FITS) {
        return fit == PASSED_OVER;
    }
    if (field_of(scope, term, part) == NULL) {
        return false;
    }
    if (asked->fold) {
        return add_folded_list(scope, part, EXPR_REGEX, asked->pattern.text);
    }
    ARRAY_PUSH(scope->arena, &part->regexes, value_string(asked->pattern.text));
    return true;
}

bool query_term_add_regex(QueryScope *scope, QueryTerm *term, QueryText regex, bool fold)
{
    return check_states(scope, regex.where, regex.text, fold) &&
           each_part(scope, term, add_regex, &(QueryPattern){.pattern = regex, .fold = fold});
}

/* ---- nodes ---- */

static void push_list(QueryScope *scope, const QueryPart *part, Expr list, QueryNodes *to)
{
    if (list.item_count > 0) {
        Expr *expr = expr_list(scope->arena, list.kind, part->field, list.items, list.item_count);
        expr->as = list.as;
        ARRAY_PUSH(scope->arena, to, plan_builder_predicate(scope->builder, expr));
    }
}

#define LIST(expr_kind, values)                                                    \
    (Expr)                                                                         \
    {                                                                              \
        .kind = (expr_kind), .items = (values).items, .item_count = (values).count \
    }

void query_term_finish(QueryScope *scope, const QueryTerm *term, QueryNodes *to)
{
    for (uint32_t i = 0; i < term->part_count; i++) {
        const QueryPart *part = &term->parts[i];
        for (uint32_t as = 0; as < QUERY_EXACT_KINDS; as++) {
            Expr list = LIST(EXPR_IN, part->exact[as]);
            list.as = (CompareAs)as;
            push_list(scope, part, list, to);
        }
        push_list(scope, part, LIST(EXPR_LIKE, part->patterns), to);
        push_list(scope, part, LIST(EXPR_REGEX, part->regexes), to);
        push_list(scope, part, LIST(EXPR_PHRASE, part->phrases), to);
        push_list(scope, part, LIST(EXPR_WORD_LIKE, part->word_patterns), to);
        for (uint32_t node = 0; node < part->nodes.count; node++) {
            ARRAY_PUSH(scope->arena, to, part->nodes.items[node]);
        }
    }
}

QueryTerm *query_terms_get(QueryScope *scope, QueryTerms *terms, QueryText name, bool is_pattern)
{
    for (uint32_t i = terms->list.count; i-- > 0 && terms->list.count - i <= MAX_TERMS;) {
        QueryTerm *known = &terms->list.items[i];
        if (known->is_pattern == is_pattern && str_equal(known->name, name.text)) {
            return known;
        }
    }
    QueryTerm term = {0};
    if (!query_term_init(scope, name, is_pattern, &term)) {
        return NULL;
    }
    ARRAY_PUSH(scope->arena, &terms->list, term);
    return &terms->list.items[terms->list.count - 1];
}

NodeId query_terms_finish(QueryScope *scope, QueryTerms *terms)
{
    for (uint32_t i = 0; i < terms->list.count; i++) {
        query_term_finish(scope, &terms->list.items[i], &terms->nodes);
    }
    return plan_builder_or(scope->builder, terms->nodes.items, terms->nodes.count);
}
