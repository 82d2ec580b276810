#include "compile/event_query.h"

#include "compile/index_patterns.h"
#include "compile/kql_compile.h"
#include "compile/lucene_compile.h"
#include "compile/query_dsl.h"

QueryScope event_query_scope(PlanBuilder *builder, Str text, const EventQueryOptions *options,
                             Diagnostics *diagnostics)
{
    const Schema *schema = field_table_schema(plan_builder_fields(builder));
    return (QueryScope){.builder = builder,
                        .arena = plan_builder_arena(builder),
                        .schema = schema,
                        .strict = schema_is_strict(schema),
                        .text = text,
                        .diagnostics = diagnostics,
                        .has_now = options->has_now,
                        .now_ns = options->now_ns,
                        .now_span = options->now_span};
}

static FieldId order_field(PlanBuilder *builder, Str path)
{
    return field_table_add(plan_builder_fields(builder), path, FIELD_USE_SPAN);
}

bool event_query_add(QueryScope *scope, NodeId condition, bool sound,
                     const EventQueryOptions *options, uint32_t *query)
{
    PlanBuilder *builder = scope->builder;
    NodeId parts[] = {
        index_patterns_node(builder, options->index_patterns, options->index_pattern_count),
        condition, plan_builder_constant(builder, true),
        options->seen != NULL ? *options->seen : plan_builder_constant(builder, true)};
    sound = query_dsl_filters(scope, options->filters, &parts[2]) && sound;
    query_scope_finish(scope);
    if (!sound) {
        return false;
    }
    if (options->condition != NULL) {
        *options->condition = plan_builder_and(builder, parts, ARRAY_LEN(parts));
        return true;
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

bool event_query_compile(PlanBuilder *builder, Str language, Str text,
                         const EventQueryOptions *options, Diagnostics *diagnostics,
                         uint32_t *query)
{
    if (str_equal(language, STR("lucene"))) {
        const LuceneNode *tree =
            lucene_parse(plan_builder_arena(builder), text, false, diagnostics);
        return tree != NULL && lucene_compile(builder, text, tree, options, diagnostics, query);
    }
    const KqlNode *tree = kql_parse(plan_builder_arena(builder), text, diagnostics);
    return tree != NULL && kql_compile(builder, text, tree, options, diagnostics, query);
}
