#include "rule/rule_time.h"

#include "compile/expr_build.h"

NodeId rule_time_seen(PlanBuilder *plan, const Rule *rule, NodeId seen)
{
    if (!rule->timestamp_override_fallback_disabled || rule->timestamp_override.len == 0) {
        return seen;
    }
    Arena *arena = plan_builder_arena(plan);
    FieldId field =
        field_table_add(plan_builder_fields(plan), rule->timestamp_override, FIELD_USE_VALUE);
    const Expr *is_null = expr_unary(arena, EXPR_IS_NULL, expr_field(arena, field));
    NodeId both[] = {seen, plan_builder_not(plan, plan_builder_predicate(plan, is_null))};
    return plan_builder_and(plan, both, ARRAY_LEN(both));
}
