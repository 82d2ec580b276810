#include "compile/kql_compile.h"

#include "compile/index_patterns.h"
#include "compile/query_dsl.h"

/* How many fields of one "or" are told apart; each further one is a term of its own, which costs nothing but speed. */
#define MAX_TERMS 64

typedef struct Terms {
    ARRAY(KqlTerm) list;
    KqlNodes nodes;
} Terms;

static bool condition(KqlScope *scope, const KqlNode *node, NodeId *out);

static bool same_name(const KqlWord *a, const KqlWord *b)
{
    return a == b || str_equal(a->parts[0], b->parts[0]);
}

static bool refuse_field(KqlScope *scope, const KqlNode *node)
{
    QuerySpan where = {node->at, node->len};
    const char *message = node->field == NULL ? "a value without a field is not supported"
                                              : "a field's name with * is not supported";
    query_scope_refuse(scope->base, where, QUERY_CODE_UNSUPPORTED, "%s", message);
    return false;
}

/* NULL when the field cannot be asked for. */
static KqlTerm *term_of(KqlScope *scope, Terms *terms, const KqlNode *node)
{
    for (uint32_t i = terms->list.count; i-- > 0 && terms->list.count - i <= MAX_TERMS;) {
        if (same_name(terms->list.items[i].name, node->field)) {
            return &terms->list.items[i];
        }
    }
    KqlTerm term = {0};
    if (!kql_term_init(scope, node->field, &term)) {
        return NULL;
    }
    ARRAY_PUSH(scope->base->arena, &terms->list, term);
    return &terms->list.items[terms->list.count - 1];
}

static bool is_everything(const KqlNode *node)
{
    return (node->field == NULL || kql_word_is_any(node->field)) && kql_word_is_any(node->value);
}

static bool gather(KqlScope *scope, Terms *terms, const KqlNode *node)
{
    if (node->kind == KQL_OR) {
        bool sound = true;
        for (uint32_t i = 0; i < node->item_count; i++) {
            sound = gather(scope, terms, node->items[i]) && sound;
        }
        return sound;
    }
    if (node->kind == KQL_IS && !is_everything(node)) {
        if (node->field == NULL || kql_word_has_wildcard(node->field)) {
            return refuse_field(scope, node);
        }
        KqlTerm *term = term_of(scope, terms, node);
        return term != NULL && kql_term_add(scope, term, node->value);
    }
    NodeId other = 0;
    if (!condition(scope, node, &other)) {
        return false;
    }
    ARRAY_PUSH(scope->base->arena, &terms->nodes, other);
    return true;
}

static bool either(KqlScope *scope, const KqlNode *node, NodeId *out)
{
    Terms terms = {0};
    if (!gather(scope, &terms, node)) {
        return false;
    }
    for (uint32_t i = 0; i < terms.list.count; i++) {
        kql_term_finish(scope, &terms.list.items[i], &terms.nodes);
    }
    *out = plan_builder_or(scope->base->builder, terms.nodes.items, terms.nodes.count);
    return true;
}

static bool all(KqlScope *scope, const KqlNode *node, NodeId *out)
{
    NodeId *children = ARENA_MANY(scope->base->arena, NodeId, node->item_count);
    bool sound = true;
    for (uint32_t i = 0; i < node->item_count; i++) {
        sound = condition(scope, node->items[i], &children[i]) && sound;
    }
    *out = sound ? plan_builder_and(scope->base->builder, children, node->item_count) : 0;
    return sound;
}

static bool negated(KqlScope *scope, const KqlNode *node, NodeId *out)
{
    NodeId child = 0;
    if (!condition(scope, node->items[0], &child)) {
        return false;
    }
    *out = plan_builder_not(scope->base->builder, child);
    return true;
}

static bool condition(KqlScope *scope, const KqlNode *node, NodeId *out)
{
    QuerySpan where = {node->at, node->len};
    switch (node->kind) {
    case KQL_OR: return either(scope, node, out);
    case KQL_AND: return all(scope, node, out);
    case KQL_NOT: return negated(scope, node, out);
    case KQL_IS:
        if (!is_everything(node)) {
            return either(scope, node, out);
        }
        *out = plan_builder_constant(scope->base->builder, true);
        return true;
    case KQL_ALL: *out = plan_builder_constant(scope->base->builder, true); return true;
    case KQL_RANGE:
        return kql_word_has_wildcard(node->field) ? refuse_field(scope, node)
                                                  : kql_term_range(scope, node, out);
    case KQL_NESTED: break;
    }
    query_scope_refuse(scope->base, where, QUERY_CODE_UNSUPPORTED,
                       "nested fields { } are not supported");
    return false;
}

static FieldId order_field(PlanBuilder *builder, Str path)
{
    return field_table_add(plan_builder_fields(builder), path, FIELD_USE_SPAN);
}

bool kql_compile(PlanBuilder *builder, Str text, const KqlNode *tree,
                 const KqlCompileOptions *options, Diagnostics *diagnostics, uint32_t *query)
{
    const Schema *schema = field_table_schema(plan_builder_fields(builder));
    QueryScope base = {.builder = builder,
                       .arena = plan_builder_arena(builder),
                       .schema = schema,
                       .strict = schema_is_strict(schema),
                       .text = text,
                       .diagnostics = diagnostics};
    KqlScope scope = {.base = &base, .has_now = options->has_now, .now_ns = options->now_ns};
    NodeId parts[4] = {
        index_patterns_node(builder, options->index_patterns, options->index_pattern_count)};
    parts[3] = options->seen != NULL ? *options->seen : plan_builder_constant(builder, true);
    bool sound = condition(&scope, tree, &parts[1]);
    sound = query_dsl_filters(&scope, options->filters, &parts[2]) && sound;
    query_scope_finish(&base);
    if (!sound) {
        return false;
    }
    Str timestamp = options->timestamp_field.len > 0 ? options->timestamp_field : STR("@timestamp");
    Stage stage = {.node = plan_builder_and(builder, parts, ARRAY_LEN(parts))};
    QueryPlan plan = {.kind = QUERY_EVENT,
                      .stages = &stage,
                      .stage_count = 1,
                      .timestamp = order_field(builder, timestamp),
                      .tiebreaker = FIELD_NONE};
    if (options->tiebreaker_field.len > 0) {
        plan.tiebreaker = order_field(builder, options->tiebreaker_field);
    }
    *query = plan_builder_add_query(builder, &plan);
    return true;
}
