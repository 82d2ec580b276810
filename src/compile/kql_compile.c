#include "compile/kql_compile.h"

#include "compile/query_term.h"

static bool condition(QueryScope *scope, const KqlNode *node, NodeId *out);

/* ---- words ---- */

static QueryText text_of(const KqlWord *word)
{
    return (QueryText){word->parts[0], {word->at, word->len}};
}

/* '*' between the parts; within them it is meant as itself. */
static QueryText pattern_of(QueryScope *scope, const KqlWord *word)
{
    Buffer pattern = {0};
    for (uint32_t i = 0; i < word->part_count; i++) {
        buffer_append_c(&pattern, i == 0 ? "" : "*");
        query_pattern_escape(&pattern, word->parts[i]);
    }
    Str text = str_copy(scope->arena, buffer_str(&pattern));
    buffer_done(&pattern);
    return (QueryText){text, {word->at, word->len}};
}

/* Without a field: every field of the event. */
static QueryText field_of(QueryScope *scope, const KqlNode *node, bool *is_pattern)
{
    const KqlWord *field = node->field;
    *is_pattern = field == NULL || kql_word_has_wildcard(field);
    if (field == NULL) {
        return (QueryText){STR("*"), {node->at, node->len}};
    }
    Str name = *is_pattern ? str_join(scope->arena, field->parts, field->part_count, STR("*"))
                           : field->parts[0];
    return (QueryText){str_trim(name), {field->at, field->len}};
}

static bool is_everything(const KqlNode *node)
{
    return (node->field == NULL || kql_word_is_any(node->field)) && kql_word_is_any(node->value);
}

static bool add_value(QueryScope *scope, QueryTerm *term, const KqlWord *value)
{
    if (kql_word_is_any(value)) {
        return query_term_add_any(scope, term);
    }
    if (kql_word_has_wildcard(value)) {
        QueryPattern pattern = {.pattern = pattern_of(scope, value), .words = true};
        return query_term_add_pattern(scope, term, &pattern);
    }
    return query_term_add_text(scope, term, text_of(value), value->quoted);
}

static bool add_range(QueryScope *scope, QueryTerm *term, const KqlNode *node)
{
    QueryRange range = {0};
    QueryText end = text_of(node->value);
    switch (node->op) {
    case KQL_LESS: range = (QueryRange){.high_op = OP_LESS, .high = end}; break;
    case KQL_LESS_EQUAL: range = (QueryRange){.high_op = OP_LESS_EQUAL, .high = end}; break;
    case KQL_GREATER: range = (QueryRange){.low_op = OP_GREATER, .low = end}; break;
    case KQL_GREATER_EQUAL: range = (QueryRange){.low_op = OP_GREATER_EQUAL, .low = end}; break;
    }
    return query_term_add_range(scope, term, &range);
}

/* ---- conditions ---- */

static bool gather(QueryScope *scope, QueryTerms *terms, const KqlNode *node)
{
    if (node->kind == KQL_OR) {
        bool sound = true;
        for (uint32_t i = 0; i < node->item_count; i++) {
            sound = gather(scope, terms, node->items[i]) && sound;
        }
        return sound;
    }
    if ((node->kind == KQL_IS && !is_everything(node)) || node->kind == KQL_RANGE) {
        bool is_pattern = false;
        QueryText field = field_of(scope, node, &is_pattern);
        QueryTerm *term = query_terms_get(scope, terms, field, is_pattern);
        if (term == NULL) {
            return false;
        }
        return node->kind == KQL_IS ? add_value(scope, term, node->value)
                                    : add_range(scope, term, node);
    }
    NodeId other = 0;
    if (!condition(scope, node, &other)) {
        return false;
    }
    ARRAY_PUSH(scope->arena, &terms->nodes, other);
    return true;
}

static bool either(QueryScope *scope, const KqlNode *node, NodeId *out)
{
    QueryTerms terms = {0};
    if (!gather(scope, &terms, node)) {
        return false;
    }
    *out = query_terms_finish(scope, &terms);
    return true;
}

static bool all(QueryScope *scope, const KqlNode *node, NodeId *out)
{
    NodeId *children = ARENA_MANY(scope->arena, NodeId, node->item_count);
    bool sound = true;
    for (uint32_t i = 0; i < node->item_count; i++) {
        sound = condition(scope, node->items[i], &children[i]) && sound;
    }
    *out = sound ? plan_builder_and(scope->builder, children, node->item_count) : 0;
    return sound;
}

static bool negated(QueryScope *scope, const KqlNode *node, NodeId *out)
{
    NodeId child = 0;
    if (!condition(scope, node->items[0], &child)) {
        return false;
    }
    *out = plan_builder_not(scope->builder, child);
    return true;
}

static bool condition(QueryScope *scope, const KqlNode *node, NodeId *out)
{
    QuerySpan where = {node->at, node->len};
    switch (node->kind) {
    case KQL_OR: return either(scope, node, out);
    case KQL_AND: return all(scope, node, out);
    case KQL_NOT: return negated(scope, node, out);
    case KQL_RANGE: return either(scope, node, out);
    case KQL_IS:
        if (!is_everything(node)) {
            return either(scope, node, out);
        }
        *out = plan_builder_constant(scope->builder, true);
        return true;
    case KQL_ALL: *out = plan_builder_constant(scope->builder, true); return true;
    case KQL_NESTED: break;
    }
    query_scope_refuse(scope, where, QUERY_CODE_UNSUPPORTED, "nested fields { } are not supported");
    return false;
}

bool kql_compile(PlanBuilder *builder, Str text, const KqlNode *tree,
                 const EventQueryOptions *options, Diagnostics *diagnostics, uint32_t *query)
{
    QueryScope scope = event_query_scope(builder, text, options, diagnostics);
    NodeId node = 0;
    bool sound = condition(&scope, tree, &node);
    return event_query_add(&scope, node, sound, options, query);
}
