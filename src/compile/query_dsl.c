#include "compile/query_dsl.h"

#include "base/text_words.h"
#include "base/utf8.h"

static bool refuse(KqlScope *scope, const char *code, const char *format, ...) PRINTF_LIKE(3, 4);

static bool refuse(KqlScope *scope, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str message = str_format_args(scope->base->arena, format, args);
    va_end(args);
    query_scope_refuse(scope->base, (QuerySpan){0}, code, "%s: %.*s",
                       scope->origin == NULL ? "filter" : scope->origin,
                       STR_ARG(str_slice(message, 0, QUERY_SHOWN_BYTES)));
    return false;
}

/* ---- {"field": value} and {"field": {"value": value, ...}} ---- */

typedef struct Leaf {
    KqlWord field;
    Str path;
    const Json *options; /* NULL if the value stands alone */
    const Json *value;   /* NULL if there is none */
} Leaf;

/* What a text is as a word without wildcards. */
static KqlWord word_of(KqlScope *scope, Str text)
{
    Str *part = ARENA_NEW(scope->base->arena, Str);
    *part = text;
    return (KqlWord){.quoted = true, .parts = part, .part_count = 1};
}

static Str scalar_text(const Json *value)
{
    assert(value != NULL);
    return value->kind == JSON_BOOL ? (value->boolean ? STR("true") : STR("false")) : value->text;
}

static bool is_scalar(const Json *value)
{
    return value != NULL &&
           (value->kind == JSON_STRING || value->kind == JSON_NUMBER || value->kind == JSON_BOOL);
}

/* What says how well an event fits, or where a filter comes from, changes nothing here. */
static bool is_harmless(Str key)
{
    return str_equal(key, STR("boost")) || str_equal(key, STR("_name")) ||
           str_equal(key, STR("rewrite")) || str_equal(key, STR("meta")) ||
           str_equal(key, STR("$state"));
}

/* The one member of `body` that is no harmless option. */
static const Json *only_member(const Json *body)
{
    const Json *found = NULL;
    for (const Json *member = body->kind == JSON_OBJECT ? body->first : NULL; member != NULL;
         member = member->next) {
        if (!is_harmless(member->key)) {
            if (found != NULL) {
                return NULL;
            }
            found = member;
        }
    }
    return found;
}

/* `value_key`: what the value is called when options stand beside it. */
static bool read_leaf(KqlScope *scope, const Json *kind, Str value_key, Leaf *out)
{
    const Json *member = only_member(kind);
    if (member == NULL) {
        return refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs one field", STR_ARG(kind->key));
    }
    bool has_options = member->kind == JSON_OBJECT;
    *out = (Leaf){.field = word_of(scope, member->key),
                  .path = member->key,
                  .options = has_options ? member : NULL,
                  .value = has_options ? json_get(member, value_key) : member};
    return true;
}

static bool option_is_true(const Leaf *leaf, Str name)
{
    const Json *option = leaf->options == NULL ? NULL : json_get(leaf->options, name);
    return option != NULL && str_equal(scalar_text(option), STR("true"));
}

static bool need_scalar(KqlScope *scope, const Json *kind, const Leaf *leaf)
{
    return is_scalar(leaf->value) ||
           refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs a value", STR_ARG(kind->key));
}

/* All that one term asks, joined by "or". */
static bool finish(KqlScope *scope, const KqlTerm *term, NodeId *out)
{
    KqlNodes nodes = {0};
    kql_term_finish(scope, term, &nodes);
    *out = plan_builder_or(scope->base->builder, nodes.items, nodes.count);
    return true;
}

/* ---- values ---- */

static bool is_text(const KqlTerm *term)
{
    return term->field.field_type == FIELD_TEXT;
}

static bool is_one_word(Arena *arena, Str text)
{
    Str words = text_words_of(arena, text);
    size_t at = 0;
    Str word;
    return text_words_next(words, &at, &word) && str_equal(word, text);
}

/* One predicate of the term's field; false forever when the mapping has no such field. */
static bool list_node(KqlScope *scope, const KqlTerm *term, ExprKind kind, Value item, bool fold,
                      NodeId *out)
{
    Value *items = ARENA_NEW(scope->base->arena, Value);
    *items = item;
    Expr *expr = expr_list(scope->base->arena, kind, term->field.expr, items, 1);
    expr->fold = fold;
    *out = plan_builder_predicate(scope->base->builder, expr);
    return true;
}

/* A term is not analysed: in analysed text it is one of the words as they are kept, or none. */
static bool add_term(KqlScope *scope, KqlTerm *term, Str text)
{
    KqlWord word = word_of(scope, text);
    return (is_text(term) && !is_one_word(scope->base->arena, text)) ||
           kql_term_add(scope, term, &word);
}

static bool term_node(KqlScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    KqlTerm term = {0};
    if (!read_leaf(scope, kind, STR("value"), &leaf) || !need_scalar(scope, kind, &leaf) ||
        !kql_term_init(scope, &leaf.field, &term)) {
        return false;
    }
    Str text = scalar_text(leaf.value);
    if (option_is_true(&leaf, STR("case_insensitive")) && !is_text(&term)) {
        return list_node(scope, &term, EXPR_IN, value_string(text), true, out);
    }
    return add_term(scope, &term, text) && finish(scope, &term, out);
}

static bool terms_node(KqlScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    KqlTerm term = {0};
    if (!read_leaf(scope, kind, STR("value"), &leaf) || !kql_term_init(scope, &leaf.field, &term)) {
        return false;
    }
    if (leaf.value == NULL || leaf.value->kind != JSON_ARRAY) {
        return refuse(scope, QUERY_CODE_UNSUPPORTED, "[%.*s] takes a list of values",
                      STR_ARG(kind->key));
    }
    for (const Json *value = leaf.value->first; value != NULL; value = value->next) {
        if (!is_scalar(value)) {
            return refuse(scope, KQL_CODE_SYNTAX, "[%.*s] takes a list of values",
                          STR_ARG(kind->key));
        }
        if (!add_term(scope, &term, scalar_text(value))) {
            return false;
        }
    }
    return finish(scope, &term, out);
}

/* match_phrase, and match with "type": "phrase" as older filters have it; else any of the words, or all of them. */
static bool match_node(KqlScope *scope, const Json *kind, bool phrase, NodeId *out)
{
    Leaf leaf = {0};
    KqlTerm term = {0};
    if (!read_leaf(scope, kind, STR("query"), &leaf) || !need_scalar(scope, kind, &leaf) ||
        !kql_term_init(scope, &leaf.field, &term)) {
        return false;
    }
    const Json *type = leaf.options == NULL ? NULL : json_get(leaf.options, STR("type"));
    const Json *joined = leaf.options == NULL ? NULL : json_get(leaf.options, STR("operator"));
    bool all = joined != NULL && str_equal_ascii_case(joined->text, STR("and"));
    KqlWord word = word_of(scope, scalar_text(leaf.value));
    word.quoted = phrase || (type != NULL && str_equal(type->text, STR("phrase")));
    if (!all || word.quoted || !is_text(&term)) {
        return kql_term_add(scope, &term, &word) && finish(scope, &term, out);
    }
    Str words = text_words_of(scope->base->arena, word.parts[0]);
    KqlNodes each = {0};
    NodeId node = 0;
    size_t at = 0;
    for (Str one; text_words_next(words, &at, &one);) {
        Str item = str_format(scope->base->arena, " %.*s ", STR_ARG(one));
        (void)list_node(scope, &term, EXPR_PHRASE, value_string(item), false, &node);
        ARRAY_PUSH(scope->base->arena, &each, node);
    }
    *out = each.count == 0 ? plan_builder_constant(scope->base->builder, false)
                           : plan_builder_and(scope->base->builder, each.items, each.count);
    return true;
}

/* ---- patterns ---- */

/* A backslash takes the meaning from a wildcard. As a regular expression, where both can be said. */
static bool pattern_node(KqlScope *scope, const KqlTerm *term, Str pattern, bool fold, NodeId *out)
{
    size_t at = 0;
    if (is_text(term)) {
        return list_node(scope, term, EXPR_WORD_LIKE,
                         value_string(utf8_fold(scope->base->arena, pattern)), false, out);
    }
    if (!str_find_byte(pattern, '\\', 0, &at)) {
        return list_node(scope, term, EXPR_LIKE, value_string(pattern), fold, out);
    }
    Buffer regex = {0};
    for (at = 0; at < pattern.len; at++) {
        char c = pattern.ptr[at];
        bool escaped = c == '\\' && at + 1 < pattern.len;
        at += escaped;
        kql_append_regex(&regex, str_slice(pattern, at, at + 1), !escaped);
    }
    Str text = str_copy(scope->base->arena, buffer_str(&regex));
    buffer_done(&regex);
    return kql_check_states(scope, (QuerySpan){0}, text) &&
           list_node(scope, term, EXPR_REGEX, value_string(text), fold, out);
}

static bool wildcard_node(KqlScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    KqlTerm term = {0};
    if (!read_leaf(scope, kind, STR("value"), &leaf)) {
        return false;
    }
    if (leaf.value == NULL && leaf.options != NULL) {
        leaf.value = json_get(leaf.options, STR("wildcard")); /* its other name */
    }
    return need_scalar(scope, kind, &leaf) && kql_term_init(scope, &leaf.field, &term) &&
           pattern_node(scope, &term, scalar_text(leaf.value),
                        option_is_true(&leaf, STR("case_insensitive")), out);
}

static bool prefix_node(KqlScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    KqlTerm term = {0};
    if (!read_leaf(scope, kind, STR("value"), &leaf) || !need_scalar(scope, kind, &leaf) ||
        !kql_term_init(scope, &leaf.field, &term)) {
        return false;
    }
    Buffer pattern = {0};
    Str text = scalar_text(leaf.value);
    for (size_t i = 0; i < text.len; i++) {
        bool is_special = strchr("\\*?", text.ptr[i]) != NULL && text.ptr[i] != '\0';
        buffer_append_c(&pattern, is_special ? "\\" : "");
        buffer_append_byte(&pattern, text.ptr[i]);
    }
    buffer_append_byte(&pattern, '*');
    Str whole = str_copy(scope->base->arena, buffer_str(&pattern));
    buffer_done(&pattern);
    return pattern_node(scope, &term, whole, option_is_true(&leaf, STR("case_insensitive")), out);
}

/* ---- exists, range ---- */

static bool exists_node(KqlScope *scope, const Json *kind, NodeId *out)
{
    static const Str ANY[] = {STR_INIT(""), STR_INIT("")};
    static const KqlWord STAR = {.parts = ANY, .part_count = ARRAY_LEN(ANY)};
    const Json *name = kind->kind == JSON_OBJECT ? json_get(kind, STR("field")) : NULL;
    if (name == NULL || name->kind != JSON_STRING) {
        return refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs a field", STR_ARG(kind->key));
    }
    KqlWord field = word_of(scope, name->text);
    KqlTerm term = {0};
    return kql_term_init(scope, &field, &term) && kql_term_add(scope, &term, &STAR) &&
           finish(scope, &term, out);
}

static bool range_op(Str key, KqlOp *op)
{
    static const struct {
        Str key;
        KqlOp op;
    } OPS[] = {{STR_INIT("lt"), KQL_LESS},
               {STR_INIT("lte"), KQL_LESS_EQUAL},
               {STR_INIT("gt"), KQL_GREATER},
               {STR_INIT("gte"), KQL_GREATER_EQUAL}};
    for (size_t i = 0; i < ARRAY_LEN(OPS); i++) {
        if (str_equal(key, OPS[i].key)) {
            *op = OPS[i].op;
            return true;
        }
    }
    return false;
}

static bool range_node(KqlScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    if (!read_leaf(scope, kind, STR("value"), &leaf)) {
        return false;
    }
    KqlNodes ends = {0};
    for (const Json *end = leaf.options == NULL ? NULL : leaf.options->first; end != NULL;
         end = end->next) {
        KqlNode range = {.kind = KQL_RANGE, .field = &leaf.field};
        if (!range_op(end->key, &range.op)) {
            if (is_harmless(end->key) || str_equal(end->key, STR("format"))) {
                continue;
            }
            return refuse(scope, QUERY_CODE_UNSUPPORTED, "[range] with [%.*s] is not supported",
                          STR_ARG(end->key));
        }
        if (end->kind == JSON_NULL) {
            continue; /* no end */
        }
        KqlWord value = word_of(scope, scalar_text(end));
        range.value = &value;
        NodeId node = 0;
        if (!kql_term_range(scope, &range, &node)) {
            return false;
        }
        ARRAY_PUSH(scope->base->arena, &ends, node);
    }
    *out = plan_builder_and(scope->base->builder, ends.items, ends.count);
    return ends.count > 0 ||
           refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs an end", STR_ARG(kind->key));
}

/* ---- bool ---- */

/* The queries of one clause: a list, or one alone. */
static bool clause(KqlScope *scope, const Json *body, KqlNodes *to)
{
    bool many = body->kind == JSON_ARRAY;
    for (const Json *query = many ? body->first : body; query != NULL;
         query = many ? query->next : NULL) {
        NodeId node = 0;
        if (!query_dsl_condition(scope, query, &node)) {
            return false;
        }
        ARRAY_PUSH(scope->base->arena, to, node);
    }
    return true;
}

/* How many of "should" must hold: one, or none when something else is asked. */
static bool least_of_should(KqlScope *scope, const Json *body, uint32_t others, bool *one)
{
    const Json *least = json_get(body, STR("minimum_should_match"));
    int64_t number = others == 0;
    if (least != NULL && (!str_to_i64(scalar_text(least), &number) || number < 0 || number > 1)) {
        return refuse(scope, QUERY_CODE_UNSUPPORTED,
                      "[minimum_should_match] of %.*s is not supported", STR_ARG(least->raw));
    }
    *one = number == 1;
    return true;
}

static bool bool_node(KqlScope *scope, const Json *body, NodeId *out)
{
    PlanBuilder *builder = scope->base->builder;
    KqlNodes all = {0};
    KqlNodes should = {0};
    KqlNodes none = {0};
    bool has_should = false;
    bool one = false;
    if (body->kind != JSON_OBJECT) {
        return refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs clauses", STR_ARG(body->key));
    }
    for (const Json *member = body->first; member != NULL; member = member->next) {
        bool is_must = str_equal(member->key, STR("must")) || str_equal(member->key, STR("filter"));
        bool is_not = str_equal(member->key, STR("must_not"));
        bool is_should = str_equal(member->key, STR("should"));
        if (is_must || is_not || is_should) {
            if (!clause(scope, member, is_must ? &all : is_not ? &none : &should)) {
                return false;
            }
        } else if (!is_harmless(member->key) &&
                   !str_equal(member->key, STR("minimum_should_match"))) {
            return refuse(scope, QUERY_CODE_UNSUPPORTED, "[bool] with [%.*s] is not supported",
                          STR_ARG(member->key));
        }
    }
    has_should = should.count > 0;
    if (!least_of_should(scope, body, all.count, &one)) {
        return false;
    }
    if (has_should && one) {
        ARRAY_PUSH(scope->base->arena, &all, plan_builder_or(builder, should.items, should.count));
    }
    if (none.count > 0) {
        NodeId any = plan_builder_or(builder, none.items, none.count);
        ARRAY_PUSH(scope->base->arena, &all, plan_builder_not(builder, any));
    }
    *out = plan_builder_and(builder, all.items, all.count);
    return true;
}

/* ---- a query ---- */

static bool match_phrase_node(KqlScope *scope, const Json *kind, NodeId *out)
{
    return match_node(scope, kind, true, out);
}

static bool match_words_node(KqlScope *scope, const Json *kind, NodeId *out)
{
    return match_node(scope, kind, false, out);
}

static bool all_node(KqlScope *scope, const Json *kind __attribute__((unused)), NodeId *out)
{
    *out = plan_builder_constant(scope->base->builder, true);
    return true;
}

static bool none_node(KqlScope *scope, const Json *kind __attribute__((unused)), NodeId *out)
{
    *out = plan_builder_constant(scope->base->builder, false);
    return true;
}

bool query_dsl_condition(KqlScope *scope, const Json *query, NodeId *out)
{
    static const struct {
        Str name;
        bool (*build)(KqlScope *scope, const Json *kind, NodeId *out);
    } KINDS[] = {
        {STR_INIT("bool"), bool_node},         {STR_INIT("exists"), exists_node},
        {STR_INIT("match"), match_words_node}, {STR_INIT("match_all"), all_node},
        {STR_INIT("match_none"), none_node},   {STR_INIT("match_phrase"), match_phrase_node},
        {STR_INIT("prefix"), prefix_node},     {STR_INIT("range"), range_node},
        {STR_INIT("term"), term_node},         {STR_INIT("terms"), terms_node},
        {STR_INIT("wildcard"), wildcard_node},
    };
    const Json *kind = only_member(query);
    if (kind == NULL) {
        return refuse(scope, KQL_CODE_SYNTAX, "a query needs one kind, found %.*s",
                      STR_ARG(query->raw));
    }
    for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
        if (str_equal(kind->key, KINDS[i].name)) {
            return KINDS[i].build(scope, kind, out);
        }
    }
    return refuse(scope, QUERY_CODE_UNSUPPORTED, "[%.*s] is not supported", STR_ARG(kind->key));
}

/* ---- filters ---- */

static bool meta_says(const Json *filter, Str name)
{
    const Json *meta = json_get(filter, STR("meta"));
    const Json *option = meta == NULL || meta->kind != JSON_OBJECT ? NULL : json_get(meta, name);
    return option != NULL && option->kind == JSON_BOOL && option->boolean;
}

/* Older filters have the query's kind beside "meta". */
static const Json *query_of(const Json *filter)
{
    const Json *query = json_get(filter, STR("query"));
    for (const Json *member = filter->first; query == NULL && member != NULL;
         member = member->next) {
        if (!str_equal(member->key, STR("meta")) && !str_equal(member->key, STR("$state"))) {
            return filter;
        }
    }
    return query;
}

bool query_dsl_filters(KqlScope *scope, const Json *filters, NodeId *out)
{
    PlanBuilder *builder = scope->base->builder;
    KqlNodes all = {0};
    for (const Json *filter = filters == NULL ? NULL : filters->first; filter != NULL;
         filter = filter->next) {
        const Json *query = filter->kind == JSON_OBJECT ? query_of(filter) : NULL;
        NodeId node = 0;
        if (filter->kind == JSON_OBJECT && (meta_says(filter, STR("disabled")) || query == NULL)) {
            continue;
        }
        if (query == NULL || !query_dsl_condition(scope, query, &node)) {
            return query != NULL
                       ? false
                       : refuse(scope, KQL_CODE_SYNTAX, "a filter is an object, found %.*s",
                                STR_ARG(filter->raw));
        }
        node = meta_says(filter, STR("negate")) ? plan_builder_not(builder, node) : node;
        ARRAY_PUSH(scope->base->arena, &all, node);
    }
    *out = plan_builder_and(builder, all.items, all.count);
    return true;
}
