#include "compile/query_dsl_leaf.h"

#include "compile/lucene_compile.h"
#include "lang/kql.h"

/* ---- {"field": value} and {"field": {"value": value, ...}} ---- */

typedef struct Leaf {
    Str path;
    const Json *options; /* NULL if the value stands alone */
    const Json *value;   /* NULL if there is none */
    QueryTerm term;
} Leaf;

static bool is_scalar(const Json *value)
{
    return value != NULL &&
           (value->kind == JSON_STRING || value->kind == JSON_NUMBER || value->kind == JSON_BOOL);
}

static QueryText text_of(Str text)
{
    return (QueryText){.text = text};
}

static bool init_term(QueryScope *scope, Str path, QueryTerm *term)
{
    return query_term_init(scope, text_of(path), false, term);
}

/* `value_key`: what the value is called when options stand beside it. */
static bool read_leaf(QueryScope *scope, const Json *kind, Str value_key, Leaf *out)
{
    const Json *member = query_dsl_only_member(kind);
    if (member == NULL) {
        return query_dsl_refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs one field",
                                STR_ARG(kind->key));
    }
    bool has_options = member->kind == JSON_OBJECT;
    *out = (Leaf){.path = member->key,
                  .options = has_options ? member : NULL,
                  .value = has_options ? json_get(member, value_key) : member};
    return init_term(scope, member->key, &out->term);
}

static bool read_scalar(QueryScope *scope, const Json *kind, Str value_key, Leaf *out)
{
    if (!read_leaf(scope, kind, value_key, out)) {
        return false;
    }
    return is_scalar(out->value) ||
           query_dsl_refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs a value", STR_ARG(kind->key));
}

static Str option_text(const Leaf *leaf, Str name)
{
    const Json *option = leaf->options == NULL ? NULL : json_get(leaf->options, name);
    return is_scalar(option) ? query_dsl_text(option) : STR("");
}

static bool folds(const Leaf *leaf)
{
    return str_equal(option_text(leaf, STR("case_insensitive")), STR("true"));
}

/* All that one term asks, joined by "or". */
static bool finish(QueryScope *scope, const QueryTerm *term, NodeId *out)
{
    QueryNodes nodes = {0};
    query_term_finish(scope, term, &nodes);
    *out = plan_builder_or(scope->builder, nodes.items, nodes.count);
    return true;
}

/* ---- values ---- */

/* A term is not analysed: in analysed text it is one of the words as they are kept, or none. */
static bool add_term(QueryScope *scope, QueryTerm *term, Str text)
{
    return query_term_add_as_is(scope, term, text_of(text));
}

bool query_dsl_term(QueryScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    if (!read_scalar(scope, kind, STR("value"), &leaf)) {
        return false;
    }
    Str text = query_dsl_text(leaf.value);
    bool added = folds(&leaf) ? query_term_add_folded(scope, &leaf.term, text_of(text))
                              : add_term(scope, &leaf.term, text);
    return added && finish(scope, &leaf.term, out);
}

static bool add_terms(QueryScope *scope, const Json *kind, const Json *list, QueryTerm *term)
{
    bool is_list = list != NULL && list->kind == JSON_ARRAY;
    for (const Json *value = is_list ? list->first : NULL; value != NULL; value = value->next) {
        is_list = is_list && is_scalar(value);
        if (is_list && !add_term(scope, term, query_dsl_text(value))) {
            return false;
        }
    }
    return is_list || query_dsl_refuse(scope, QUERY_CODE_UNSUPPORTED,
                                       "[%.*s] takes a list of values", STR_ARG(kind->key));
}

bool query_dsl_terms(QueryScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    return read_leaf(scope, kind, STR("value"), &leaf) &&
           add_terms(scope, kind, leaf.value, &leaf.term) && finish(scope, &leaf.term, out);
}

bool query_dsl_ids(QueryScope *scope, const Json *kind, NodeId *out)
{
    QueryTerm term;
    const Json *values = kind->kind == JSON_OBJECT ? json_get(kind, STR("values")) : NULL;
    return init_term(scope, STR(FIELD_ID_PATH), &term) && add_terms(scope, kind, values, &term) &&
           finish(scope, &term, out);
}

/* Any of the words, or all of them, or in a row. */
static bool add_match(QueryScope *scope, QueryTerm *term, Str text, Str type, Str joined)
{
    bool phrase = str_equal(type, STR("phrase"));
    return !phrase && str_equal_ascii_case(joined, STR("and"))
               ? query_term_add_words(scope, term, text_of(text))
               : query_term_add_text(scope, term, text_of(text), phrase);
}

/* Also with "type": "phrase", as older filters have it. */
bool query_dsl_match(QueryScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    return read_scalar(scope, kind, STR("query"), &leaf) &&
           add_match(scope, &leaf.term, query_dsl_text(leaf.value), option_text(&leaf, STR("type")),
                     option_text(&leaf, STR("operator"))) &&
           finish(scope, &leaf.term, out);
}

bool query_dsl_match_phrase(QueryScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    return read_scalar(scope, kind, STR("query"), &leaf) &&
           query_term_add_text(scope, &leaf.term, text_of(query_dsl_text(leaf.value)), true) &&
           finish(scope, &leaf.term, out);
}

/* ---- many fields ---- */

static bool is_pattern(Str name)
{
    size_t at = 0;
    return str_find_byte(name, '*', 0, &at);
}

/* The name without its boost. */
static Str field_name(const Json *name)
{
    size_t end = name->text.len;
    (void)str_find_byte(name->text, '^', 0, &end);
    return str_slice(name->text, 0, end);
}

bool query_dsl_multi_match(QueryScope *scope, const Json *kind, NodeId *out)
{
    static const Json EVERY = {.kind = JSON_STRING, .text = STR_INIT("*")};
    const Json *fields = kind->kind == JSON_OBJECT ? json_get(kind, STR("fields")) : NULL;
    const Json *text = kind->kind == JSON_OBJECT ? json_get(kind, STR("query")) : NULL;
    Leaf options = {.options = kind};
    Str type = option_text(&options, STR("type"));
    QueryTerms terms = {0};
    if (!is_scalar(text)) {
        return query_dsl_refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs a query", STR_ARG(kind->key));
    }
    if (type.len > 0 && !str_equal(type, STR("phrase")) && !str_equal(type, STR("best_fields")) &&
        !str_equal(type, STR("most_fields"))) {
        return query_dsl_refuse(scope, QUERY_CODE_UNSUPPORTED,
                                "[%.*s] of type [%.*s] is not supported", STR_ARG(kind->key),
                                STR_ARG(type));
    }
    const Json *name = fields == NULL ? &EVERY : fields->first;
    for (; name != NULL; name = name->next) {
        Str path = field_name(name);
        QueryTerm *term = query_terms_get(scope, &terms, text_of(path), is_pattern(path));
        if (term == NULL || !add_match(scope, term, query_dsl_text(text), type,
                                       option_text(&options, STR("operator")))) {
            return false;
        }
    }
    *out = query_terms_finish(scope, &terms);
    return true;
}

/* ---- query strings ---- */

/* What does not change whether an event fits, or only how values that do not fit their field are taken. */
static bool is_idle_option(Str key)
{
    static const Str IDLE[] = {STR_INIT("query"),
                               STR_INIT("fields"),
                               STR_INIT("default_field"),
                               STR_INIT("default_operator"),
                               STR_INIT("analyze_wildcard"),
                               STR_INIT("lenient"),
                               STR_INIT("type"),
                               STR_INIT("tie_breaker"),
                               STR_INIT("fuzziness"),
                               STR_INIT("allow_leading_wildcard")};
    for (size_t i = 0; i < ARRAY_LEN(IDLE); i++) {
        if (str_equal(key, IDLE[i])) {
            return true;
        }
    }
    return query_dsl_is_harmless(key);
}

static const LuceneNode *parse_string(QueryScope *scope, Str text, bool all)
{
    Diagnostics diagnostics = {.arena = scope->arena};
    const LuceneNode *tree = lucene_parse(scope->arena, text, all, &diagnostics);
    if (tree == NULL) {
        const Diagnostic *first = &diagnostics.list.items[0];
        (void)query_dsl_refuse(scope, first->code, "[query_string] at byte %u: %.*s",
                               (unsigned)first->at, STR_ARG(first->message));
    }
    return tree;
}

bool query_dsl_query_string(QueryScope *scope, const Json *kind, NodeId *out)
{
    const Json *text = kind->kind == JSON_OBJECT ? json_get(kind, STR("query")) : NULL;
    Leaf options = {.options = kind};
    if (!is_scalar(text)) {
        return query_dsl_refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs a query", STR_ARG(kind->key));
    }
    for (const Json *member = kind->first; member != NULL; member = member->next) {
        if (!is_idle_option(member->key)) {
            return query_dsl_refuse(scope, QUERY_CODE_UNSUPPORTED,
                                    "[query_string] with [%.*s] is not supported",
                                    STR_ARG(member->key));
        }
    }
    ARRAY(Str) fields = {0};
    const Json *names = json_get(kind, STR("fields"));
    Str default_field = option_text(&options, STR("default_field"));
    for (const Json *name = names == NULL ? NULL : names->first; name != NULL; name = name->next) {
        ARRAY_PUSH(scope->arena, &fields, field_name(name));
    }
    if (default_field.len > 0) {
        ARRAY_PUSH(scope->arena, &fields, default_field);
    }
    bool all = str_equal_ascii_case(option_text(&options, STR("default_operator")), STR("and"));
    LuceneContext context = {
        .fields = fields.items, .field_count = fields.count, .all = all, .no_places = true};
    const LuceneNode *tree = parse_string(scope, query_dsl_text(text), all);
    return tree != NULL && lucene_condition(scope, tree, &context, out);
}

/* ---- patterns ---- */

static bool add_pattern(QueryScope *scope, Leaf *leaf, Str pattern, NodeId *out)
{
    QueryPattern asked = {.pattern = text_of(pattern), .fold = folds(leaf)};
    return query_term_add_pattern(scope, &leaf->term, &asked) && finish(scope, &leaf->term, out);
}

bool query_dsl_wildcard(QueryScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    const Json *field = query_dsl_only_member(kind);
    bool other =
        field != NULL && field->kind == JSON_OBJECT && json_get(field, STR("value")) == NULL;
    return read_scalar(scope, kind, other ? STR("wildcard") : STR("value"), &leaf) &&
           add_pattern(scope, &leaf, query_dsl_text(leaf.value), out);
}

bool query_dsl_prefix(QueryScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    if (!read_scalar(scope, kind, STR("value"), &leaf)) {
        return false;
    }
    Buffer pattern = {0};
    query_pattern_escape(&pattern, query_dsl_text(leaf.value));
    buffer_append_byte(&pattern, '*');
    Str whole = str_copy(scope->arena, buffer_str(&pattern));
    buffer_done(&pattern);
    return add_pattern(scope, &leaf, whole, out);
}

bool query_dsl_regexp(QueryScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    if (!read_scalar(scope, kind, STR("value"), &leaf)) {
        return false;
    }
    Str flags = option_text(&leaf, STR("flags"));
    if (flags.len > 0 && !str_equal_ascii_case(flags, STR("ALL"))) {
        return query_dsl_refuse(scope, QUERY_CODE_UNSUPPORTED,
                                "[%.*s] with flags [%.*s] is not supported", STR_ARG(kind->key),
                                STR_ARG(flags));
    }
    return query_term_add_regex(scope, &leaf.term, text_of(query_dsl_text(leaf.value)),
                                folds(&leaf)) &&
           finish(scope, &leaf.term, out);
}

/* ---- exists, range ---- */

bool query_dsl_exists(QueryScope *scope, const Json *kind, NodeId *out)
{
    const Json *name = kind->kind == JSON_OBJECT ? json_get(kind, STR("field")) : NULL;
    QueryTerm term;
    if (name == NULL || name->kind != JSON_STRING) {
        return query_dsl_refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs a field", STR_ARG(kind->key));
    }
    return query_term_init(scope, text_of(name->text), is_pattern(name->text), &term) &&
           query_term_add_any(scope, &term) && finish(scope, &term, out);
}

/* Dates are read in every way that these name, whichever of them stands there. */
static bool is_usual_format(Str formats)
{
    static const Str USUAL[] = {
        STR_INIT("date_optional_time"), STR_INIT("strict_date_optional_time"),
        STR_INIT("date_time"),          STR_INIT("strict_date_optional_time_nanos"),
        STR_INIT("strict_date_time"),   STR_INIT("epoch_millis"),
    };
    bool usual = true;
    for (Str format; usual && str_split(&formats, '|', &format);) {
        bool found = format.len == 0;
        for (size_t i = 0; i < ARRAY_LEN(USUAL); i++) {
            found = found || str_equal(format, USUAL[i]);
        }
        usual = found;
    }
    return usual;
}

static bool is_usual_zone(Str zone)
{
    return str_equal(zone, STR("UTC")) || str_equal(zone, STR("Z")) ||
           str_equal(zone, STR("+00:00"));
}

/* False when the member is no end. */
static bool read_end(const Json *member, QueryRange *range)
{
    bool less = str_starts_with(member->key, STR("lt"));
    bool equal = member->key.len == 3;
    if (!(less || str_starts_with(member->key, STR("gt"))) || member->key.len > 3 ||
        (equal && member->key.ptr[2] != 'e')) {
        return false;
    }
    if (member->kind == JSON_NULL) {
        return true; /* open */
    }
    if (less) {
        range->high_op = equal ? OP_LESS_EQUAL : OP_LESS;
        range->high = text_of(query_dsl_text(member));
    } else {
        range->low_op = equal ? OP_GREATER_EQUAL : OP_GREATER;
        range->low = text_of(query_dsl_text(member));
    }
    return true;
}

bool query_dsl_range(QueryScope *scope, const Json *kind, NodeId *out)
{
    Leaf leaf = {0};
    QueryRange range = {0};
    if (!read_leaf(scope, kind, STR("value"), &leaf)) {
        return false;
    }
    for (const Json *member = leaf.options == NULL ? NULL : leaf.options->first; member != NULL;
         member = member->next) {
        bool known = (member->kind != JSON_ARRAY && member->kind != JSON_OBJECT) &&
                     (read_end(member, &range) || query_dsl_is_harmless(member->key) ||
                      (str_equal(member->key, STR("format")) && is_usual_format(member->text)) ||
                      (str_equal(member->key, STR("time_zone")) && is_usual_zone(member->text)));
        if (!known) {
            return query_dsl_refuse(scope, QUERY_CODE_UNSUPPORTED,
                                    "[range] with [%.*s] of %.*s is not supported",
                                    STR_ARG(member->key), STR_ARG(member->raw));
        }
    }
    if (range.low_op == OP_NONE && range.high_op == OP_NONE) {
        return query_dsl_refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs an end", STR_ARG(kind->key));
    }
    return query_term_add_range(scope, &leaf.term, &range) && finish(scope, &leaf.term, out);
}
