#include "compile/index_patterns.h"

static bool takes_all(const Str *patterns, uint32_t count)
{
    bool all = count == 0;
    for (uint32_t i = 0; i < count; i++) {
        if (str_starts_with(patterns[i], STR("-"))) {
            return false;
        }
        all = all || str_equal(patterns[i], STR("*")) || str_equal(patterns[i], STR("_all"));
    }
    return all;
}

NodeId index_patterns_node(PlanBuilder *builder, const Str *patterns, uint32_t count)
{
    if (takes_all(patterns, count)) {
        return plan_builder_constant(builder, true);
    }
    Arena *arena = plan_builder_arena(builder);
    Value *items = ARENA_MANY(arena, Value, count);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = value_string(patterns[i]);
    }
    const Expr index = {.kind = EXPR_FIELD,
                        .field = field_table_add(plan_builder_fields(builder),
                                                 STR(FIELD_INDEX_PATH), FIELD_USE_VALUE)};
    const Expr *args[] = {&index};
    Expr expr = {
        .kind = EXPR_INDEX, .args = args, .arg_count = 1, .items = items, .item_count = count};
    return plan_builder_predicate(builder, &expr);
}
