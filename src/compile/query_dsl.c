#include "compile/query_dsl.h"

#include "compile/query_dsl_leaf.h"
#include "lang/kql.h"

bool query_dsl_refuse(QueryScope *scope, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str message = str_format_args(scope->arena, format, args);
    va_end(args);
    query_scope_refuse(scope, (QuerySpan){0}, code, "%s: %.*s",
                       scope->origin == NULL ? "filter" : scope->origin,
                       STR_ARG(str_slice(message, 0, QUERY_SHOWN_BYTES)));
    return false;
}

Str query_dsl_text(const Json *value)
{
    assert(value != NULL);
    return value->kind == JSON_BOOL ? (value->boolean ? STR("true") : STR("false")) : value->text;
}

bool query_dsl_is_harmless(Str key)
{
    return str_equal(key, STR("boost")) || str_equal(key, STR("_name")) ||
           str_equal(key, STR("rewrite")) || str_equal(key, STR("meta")) ||
           str_equal(key, STR("$state"));
}

const Json *query_dsl_only_member(const Json *body)
{
    const Json *found = NULL;
    for (const Json *member = body->kind == JSON_OBJECT ? body->first : NULL; member != NULL;
         member = member->next) {
        if (!query_dsl_is_harmless(member->key)) {
            if (found != NULL) {
                return NULL;
            }
            found = member;
        }
    }
    return found;
}

/* ---- bool ---- */

/* The queries of one clause: a list, or one alone. */
static bool clause(QueryScope *scope, const Json *body, QueryNodes *to)
{
    bool many = body->kind == JSON_ARRAY;
    for (const Json *query = many ? body->first : body; query != NULL;
         query = many ? query->next : NULL) {
        NodeId node = 0;
        if (!query_dsl_condition(scope, query, &node)) {
            return false;
        }
        ARRAY_PUSH(scope->arena, to, node);
    }
    return true;
}

/* How many of "should" must hold: one, or none when something else is asked. */
static bool least_of_should(QueryScope *scope, const Json *body, uint32_t others, bool *one)
{
    const Json *least = json_get(body, STR("minimum_should_match"));
    int64_t number = others == 0;
    if (least != NULL &&
        (!str_to_i64(query_dsl_text(least), &number) || number < 0 || number > 1)) {
        return query_dsl_refuse(scope, QUERY_CODE_UNSUPPORTED,
                                "[minimum_should_match] of %.*s is not supported",
                                STR_ARG(least->raw));
    }
    *one = number == 1;
    return true;
}

static bool bool_node(QueryScope *scope, const Json *body, NodeId *out)
{
    PlanBuilder *builder = scope->builder;
    QueryNodes all = {0};
    QueryNodes should = {0};
    QueryNodes none = {0};
    bool has_should = false;
    bool one = false;
    if (body->kind != JSON_OBJECT) {
        return query_dsl_refuse(scope, KQL_CODE_SYNTAX, "[%.*s] needs clauses", STR_ARG(body->key));
    }
    for (const Json *member = body->first; member != NULL; member = member->next) {
        bool is_must = str_equal(member->key, STR("must")) || str_equal(member->key, STR("filter"));
        bool is_not = str_equal(member->key, STR("must_not"));
        bool is_should = str_equal(member->key, STR("should"));
        if (is_must || is_not || is_should) {
            if (!clause(scope, member, is_must ? &all : is_not ? &none : &should)) {
                return false;
            }
        } else if (!query_dsl_is_harmless(member->key) &&
                   !str_equal(member->key, STR("minimum_should_match"))) {
            return query_dsl_refuse(scope, QUERY_CODE_UNSUPPORTED,
                                    "[bool] with [%.*s] is not supported", STR_ARG(member->key));
        }
    }
    has_should = should.count > 0;
    if (!least_of_should(scope, body, all.count, &one)) {
        return false;
    }
    if (has_should && one) {
        ARRAY_PUSH(scope->arena, &all, plan_builder_or(builder, should.items, should.count));
    }
    if (none.count > 0) {
        NodeId any = plan_builder_or(builder, none.items, none.count);
        ARRAY_PUSH(scope->arena, &all, plan_builder_not(builder, any));
    }
    *out = plan_builder_and(builder, all.items, all.count);
    return true;
}

/* ---- a query ---- */

static bool all_node(QueryScope *scope, const Json *kind __attribute__((unused)), NodeId *out)
{
    *out = plan_builder_constant(scope->builder, true);
    return true;
}

static bool none_node(QueryScope *scope, const Json *kind __attribute__((unused)), NodeId *out)
{
    *out = plan_builder_constant(scope->builder, false);
    return true;
}

bool query_dsl_condition(QueryScope *scope, const Json *query, NodeId *out)
{
    static const struct {
        Str name;
        bool (*build)(QueryScope *scope, const Json *kind, NodeId *out);
    } KINDS[] = {
        {STR_INIT("bool"), bool_node},
        {STR_INIT("exists"), query_dsl_exists},
        {STR_INIT("ids"), query_dsl_ids},
        {STR_INIT("match"), query_dsl_match},
        {STR_INIT("match_all"), all_node},
        {STR_INIT("match_none"), none_node},
        {STR_INIT("match_phrase"), query_dsl_match_phrase},
        {STR_INIT("multi_match"), query_dsl_multi_match},
        {STR_INIT("prefix"), query_dsl_prefix},
        {STR_INIT("query_string"), query_dsl_query_string},
        {STR_INIT("range"), query_dsl_range},
        {STR_INIT("regexp"), query_dsl_regexp},
        {STR_INIT("term"), query_dsl_term},
        {STR_INIT("terms"), query_dsl_terms},
        {STR_INIT("wildcard"), query_dsl_wildcard},
    };
    const Json *kind = query_dsl_only_member(query);
    if (kind == NULL) {
        return query_dsl_refuse(scope, KQL_CODE_SYNTAX, "a query needs one kind, found %.*s",
                                STR_ARG(query->raw));
    }
    for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
        if (str_equal(kind->key, KINDS[i].name)) {
            return KINDS[i].build(scope, kind, out);
        }
    }
    return query_dsl_refuse(scope, QUERY_CODE_UNSUPPORTED, "[%.*s] is not supported",
                            STR_ARG(kind->key));
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

bool query_dsl_filters(QueryScope *scope, const Json *filters, NodeId *out)
{
    PlanBuilder *builder = scope->builder;
    QueryNodes all = {0};
    for (const Json *filter = filters == NULL ? NULL : filters->first; filter != NULL;
         filter = filter->next) {
        const Json *query = filter->kind == JSON_OBJECT ? query_of(filter) : NULL;
        NodeId node = 0;
        if (filter->kind == JSON_OBJECT && (meta_says(filter, STR("disabled")) || query == NULL)) {
            continue;
        }
        if (query == NULL || !query_dsl_condition(scope, query, &node)) {
            return query != NULL ? false
                                 : query_dsl_refuse(scope, KQL_CODE_SYNTAX,
                                                    "a filter is an object, found %.*s",
                                                    STR_ARG(filter->raw));
        }
        node = meta_says(filter, STR("negate")) ? plan_builder_not(builder, node) : node;
        ARRAY_PUSH(scope->arena, &all, node);
    }
    *out = plan_builder_and(builder, all.items, all.count);
    return true;
}
