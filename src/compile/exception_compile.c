#include "compile/exception_compile.h"

#include "compile/query_dsl.h"
#include "compile/query_term.h"

/* Kibana writes entries as queries in JSON, and so do we: what a query means is said in one place. */

static Json *node(Arena *arena, JsonKind kind, Str key)
{
    Json *made = ARENA_NEW(arena, Json);
    *made = (Json){.kind = kind, .key = key};
    return made;
}

static Json *text(Arena *arena, Str key, Str value)
{
    Json *made = node(arena, JSON_STRING, key);
    made->text = value;
    return made;
}

/* {KEY: {CHILD}} of which only the inner object is made: whoever asks for a query asks for its only member. */
static Json *object(Arena *arena, Str key, Json *child)
{
    Json *made = node(arena, JSON_OBJECT, key);
    made->first = child;
    for (; child != NULL; child = child->next) {
        made->count++;
    }
    return made;
}

static Json *array(Arena *arena, Str key, Json *const *items, uint32_t count)
{
    Json *made = node(arena, JSON_ARRAY, key);
    made->count = count;
    for (uint32_t i = 0; i < count; i++) {
        items[i]->next = i + 1 < count ? items[i + 1] : NULL;
    }
    made->first = count > 0 ? items[0] : NULL;
    return made;
}

static Json *query(Arena *arena, Str kind, Json *body)
{
    return object(arena, STR(""), object(arena, kind, body));
}

static Json *bool_query(Arena *arena, Str clause, Json *const *queries, uint32_t count)
{
    return query(arena, STR("bool"), array(arena, clause, queries, count));
}

static Json *entry_query(Arena *arena, const ExceptionEntry *entry, Str prefix);

static Json *match_query(Arena *arena, Str field, Str value)
{
    return query(arena, STR("match_phrase"), text(arena, field, value));
}

static Json *match_any_query(Arena *arena, Str field, const ExceptionEntry *entry)
{
    Json **any = ARENA_MANY(arena, Json *, entry->value_count);
    for (uint32_t i = 0; i < entry->value_count; i++) {
        any[i] = match_query(arena, field, entry->values[i]);
    }
    return bool_query(arena, STR("should"), any, entry->value_count);
}

static Json *nested_query(Arena *arena, Str field, const ExceptionEntry *entry)
{
    Json **all = ARENA_MANY(arena, Json *, entry->entry_count);
    for (uint32_t i = 0; i < entry->entry_count; i++) {
        all[i] = entry_query(arena, &entry->entries[i], field);
    }
    Json *inner = bool_query(arena, STR("filter"), all, entry->entry_count);
    inner->key = STR("query");
    Json *path = text(arena, STR("path"), field);
    path->next = inner;
    return query(arena, STR("nested"), path);
}

/* `prefix`: the object around the entry's field; empty outside of a nested one. */
static Json *entry_query(Arena *arena, const ExceptionEntry *entry, Str prefix)
{
    Str field = prefix.len == 0
                    ? entry->field
                    : str_format(arena, "%.*s.%.*s", STR_ARG(prefix), STR_ARG(entry->field));
    Json *made = NULL;
    switch (entry->test) {
    case EXCEPTION_MATCH: made = match_query(arena, field, entry->values[0]); break;
    case EXCEPTION_MATCH_ANY: made = match_any_query(arena, field, entry); break;
    case EXCEPTION_EXISTS:
        made = query(arena, STR("exists"), text(arena, STR("field"), field));
        break;
    case EXCEPTION_WILDCARD:
        made = query(arena, STR("wildcard"),
                     object(arena, field, text(arena, STR("value"), entry->values[0])));
        break;
    case EXCEPTION_NESTED: made = nested_query(arena, field, entry); break;
    case EXCEPTION_LIST: assert(false); break; /* no query holds a list of a million */
    }
    return entry->excluded ? bool_query(arena, STR("must_not"), &made, 1) : made;
}

static bool list_node(QueryScope *scope, const ExceptionCondition *condition,
                      const ExceptionEntry *entry, NodeId *out)
{
    PlanBuilder *builder = scope->builder;
    QueryTerm term;
    ValueList list = {0};
    Err err = {0};
    if (!condition->find_list(condition->context, entry->list_id, entry->list_type, &list, &err)) {
        query_scope_refuse(scope, (QuerySpan){0}, QUERY_CODE_UNSUPPORTED, "%s", err.text);
        return false;
    }
    if (!query_term_init(scope, (QueryText){.text = entry->field}, false, &term)) {
        return false;
    }
    *out = plan_builder_constant(builder, false); /* of a field that no event can have */
    if (term.part_count > 0) {
        Expr *expr = expr_new(scope->arena, EXPR_IN_LIST, 1);
        expr_set(expr, 0, term.parts[0].field);
        expr->list = plan_builder_list(builder, &list);
        *out = plan_builder_predicate(builder, expr);
    }
    *out = entry->excluded ? plan_builder_not(builder, *out) : *out;
    return true;
}

static bool entry_node(QueryScope *scope, const ExceptionCondition *condition,
                       const ExceptionEntry *entry, NodeId *out)
{
    if (entry->test == EXCEPTION_LIST) {
        return list_node(scope, condition, entry, out);
    }
    return query_dsl_condition(scope, entry_query(scope->arena, entry, STR("")), out);
}

/* host.os.type names the system as lists do; older events have only host.os.name, with its capitals. */
static bool os_node(QueryScope *scope, const ExceptionCondition *condition, NodeId *out)
{
    Arena *arena = scope->arena;
    *out = plan_builder_constant(scope->builder, true);
    if (condition->os_count == 0) {
        return true;
    }
    Json **any = ARENA_MANY(arena, Json *, (size_t)condition->os_count * 2);
    uint32_t count = 0;
    for (uint32_t i = 0; i < condition->os_count; i++) {
        any[count++] =
            query(arena, STR("term"), text(arena, STR("host.os.type"), condition->os_types[i]));
        Json *caseless = node(arena, JSON_BOOL, STR("case_insensitive"));
        caseless->boolean = true;
        Json *name = text(arena, STR("value"), condition->os_types[i]);
        name->next = caseless;
        any[count++] = query(arena, STR("term"), object(arena, STR("host.os.name"), name));
    }
    return query_dsl_condition(scope, bool_query(arena, STR("should"), any, count), out);
}

bool exception_compile(PlanBuilder *builder, const ExceptionCondition *condition,
                       Diagnostics *diagnostics, NodeId *out)
{
    const Schema *schema = field_table_schema(plan_builder_fields(builder));
    QueryScope scope = {.builder = builder,
                        .arena = plan_builder_arena(builder),
                        .schema = schema,
                        .strict = schema_is_strict(schema),
                        .diagnostics = diagnostics,
                        .origin = "exception"};
    NodeId *all = ARENA_MANY(scope.arena, NodeId, (size_t)condition->entry_count + 1);
    bool sound = os_node(&scope, condition, &all[0]);
    for (uint32_t i = 0; i < condition->entry_count; i++) {
        sound = entry_node(&scope, condition, &condition->entries[i], &all[i + 1]) && sound;
    }
    query_scope_finish(&scope);
    if (sound) {
        *out = plan_builder_and(builder, all, condition->entry_count + 1);
    }
    return sound;
}
