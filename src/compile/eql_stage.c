#include "compile/eql_stage.h"

#include "compile/eql_condition.h"
#include "compile/eql_lineage.h"
#include "compile/eql_value.h"
#include "compile/index_patterns.h"

static bool category_node(QueryScope *scope, const EqlStage *stage, NodeId *out)
{
    Str path = scope->options->event_category_field;
    if (stage->any) {
        *out = plan_builder_constant(scope->builder, true);
        return true;
    }
    FieldId field = FIELD_NONE;
    if (!eql_field_add(scope, path, (QuerySpan){stage->category_at, 1}, FIELD_USE_VALUE, &field)) {
        return false;
    }
    Expr *expr = expr_new(scope->arena, EXPR_COMPARE, 2);
    expr->op = OP_EQUAL;
    expr_set(expr, 0, expr_field(scope->arena, field));
    expr_set(expr, 1, expr_literal(scope->arena, value_string(stage->category)));
    *out = plan_builder_predicate(scope->builder, expr);
    return true;
}

NodeId eql_stage_sees(QueryScope *scope)
{
    const EqlCompileOptions *options = scope->options;
    NodeId parts[] = {
        index_patterns_node(scope->builder, options->index_patterns, options->index_pattern_count),
        scope->filter};
    return plan_builder_and(scope->builder, parts, ARRAY_LEN(parts));
}

bool eql_stage(QueryScope *scope, const EqlStage *stage, NodeId *out)
{
    NodeId parts[3] = {0};
    bool sound = category_node(scope, stage, &parts[0]);
    parts[1] = eql_stage_sees(scope);
    sound = eql_condition(scope, stage->condition, &parts[2]) && sound;
    if (sound) {
        *out = plan_builder_and(scope->builder, parts, ARRAY_LEN(parts));
    }
    return sound && eql_lineage_fits(scope, stage, *out);
}
