#include "unit.h"

#include "plan/expr_build.h"
#include "plan/witness.h"

/* a..d: text tests over one field each; rows by predicate in the order of building. */
typedef struct Build {
    Arena *arena;
    PlanBuilder *builder;
    NodeId a, b, c, d;
} Build;

static Build build_begin(void)
{
    Build build = {.arena = arena_new()};
    PlanBuilder *builder = plan_builder_new(build.arena, schema_builtin(build.arena));
    build.builder = builder;
    build.a = build_equal(builder, "process.name", "a");
    build.b = build_equal(builder, "user.name", "b");
    build.c = build_equal(builder, "host.name", "c");
    build.d = build_equal(builder, "file.name", "d");
    return build;
}

static NodeId both(const Build *build, NodeId left, NodeId right)
{
    return plan_builder_and(build->builder, (NodeId[]){left, right}, 2);
}

static NodeId either(const Build *build, NodeId left, NodeId right)
{
    return plan_builder_or(build->builder, (NodeId[]){left, right}, 2);
}

static NodeId negated(const Build *build, NodeId node)
{
    return plan_builder_not(build->builder, node);
}

/* `wanted` has a bit for each predicate; none: no witness. */
static void check(const PlanSet *plan, NodeId node, const uint64_t *rows, unsigned wanted,
                  uint64_t wanted_rows)
{
    Arena *arena = arena_new();
    Witness witness = {0};
    bool found = witness_find(plan, node, rows, arena, &witness);
    assert_int_equal(found, wanted != 0);
    assert_int_equal(found, node_can_witness(plan, node));
    unsigned seen = 0;
    for (uint32_t i = 0; found && i < witness.count; i++) {
        seen |= 1u << witness.predicates[i];
    }
    assert_int_equal(seen, wanted);
    assert_int_equal(found ? witness.rows : 0, wanted_rows);
    arena_free(arena);
}

TEST(the_rarest_of_and_and_all_of_or)
{
    Build t = build_begin();
    NodeId and_of_or = both(&t, either(&t, t.a, t.b), t.c);
    NodeId or_of_and = either(&t, both(&t, t.a, t.b), both(&t, t.c, t.d));
    NodeId deep = both(&t, negated(&t, t.a), either(&t, t.b, both(&t, t.c, negated(&t, t.d))));
    const PlanSet *plan = plan_builder_finish(t.builder);
    const uint64_t rows[] = {1, 20, 30, 4};
    check(plan, t.a, rows, 1, 1);
    check(plan, and_of_or, rows, 1 | 2, 21);
    check(plan, and_of_or, (const uint64_t[]){1, 20, 5, 4}, 4, 5);
    check(plan, or_of_and, rows, 1 | 8, 5);
    check(plan, deep, rows, 2 | 4, 50);
    arena_free(t.arena);
}

TEST(without_rows_the_fewest_predicates)
{
    Build t = build_begin();
    NodeId node = both(&t, either(&t, t.a, t.b), t.c);
    check(plan_builder_finish(t.builder), node, NULL, 4, 0);
    arena_free(t.arena);
}

TEST(what_holds_of_nothing_is_never_one)
{
    Build t = build_begin();
    const Expr *field = build_field(t.builder, "process.name");
    const Expr *other = build_field(t.builder, "user.name");
    const Expr *is_null = build_expr(t.builder, EXPR_IS_NULL, field, NULL);
    Value pattern = value_string(STR("logs-*"));
    NodeId null = plan_builder_predicate(t.builder, is_null);
    NodeId inside = plan_builder_predicate(
        t.builder, build_expr(t.builder, EXPR_OR, is_null,
                              build_compare(t.builder, field, OP_LESS, value_string(STR("x")))));
    NodeId index = plan_builder_predicate(
        t.builder, build_list(t.builder, EXPR_INDEX, build_field(t.builder, FIELD_INDEX_PATH),
                              false, &pattern, 1));
    Expr *two_fields = build_expr(t.builder, EXPR_COMPARE, field, other);
    two_fields->op = OP_EQUAL;
    NodeId row = plan_builder_predicate(t.builder, two_fields);
    NodeId all = plan_builder_constant(t.builder, true);
    NodeId nodes[] = {null,
                      inside,
                      index,
                      row,
                      all,
                      negated(&t, t.a),
                      negated(&t, null),
                      both(&t, negated(&t, t.a), index),
                      either(&t, t.a, negated(&t, t.b)),
                      either(&t, t.a, row)};
    const PlanSet *plan = plan_builder_finish(t.builder);
    for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
        check(plan, nodes[i], NULL, 0, 0);
    }
    arena_free(t.arena);
}

/* "true or null" is true, and some functions take null for an argument: what is made of them may hold of nothing. */
TEST(a_value_made_of_nothing_is_never_one)
{
    Build t = build_begin();
    PlanBuilder *b = t.builder;
    const Expr *field = build_field(b, "a");
    const Expr *is_a = build_compare(b, field, OP_EQUAL, value_int(1));
    const Expr *either_way = build_expr(b, EXPR_OR, build_literal(b, value_bool(true)), is_a);
    const Expr *neither = build_expr(b, EXPR_AND, build_literal(b, value_bool(false)), is_a);
    const Expr *digits = build_literal(b, value_string(STR("10")));
    const Expr *is_null = build_expr(b, EXPR_IS_NULL, field, NULL);
    const Expr *search = build_array(b, EXPR_SEARCH, "a", build_literal(b, value_bool(true)));
    const Value yes = value_string(STR("true"));
    const struct {
        const Expr *expr;
        bool can;
    } CASES[] = {
        {build_compare(b, build_call(b, FUNCTION_CONCAT, either_way, NULL), OP_EQUAL, yes), false},
        {build_expr(b, EXPR_NOT, neither, NULL), false},
        {build_compare(b, build_call(b, FUNCTION_NUMBER, digits, field), OP_EQUAL, value_int(10)),
         false},
        {either_way, false},
        {build_expr(b, EXPR_OR, search, is_null), false},
        {build_compare(b, build_call(b, FUNCTION_CONCAT, is_a, NULL), OP_EQUAL, yes), true},
        {build_compare(b, build_call(b, FUNCTION_CONCAT, digits, is_a), OP_EQUAL, yes), true},
        {build_compare(b, build_call(b, FUNCTION_NUMBER, field, NULL), OP_EQUAL, value_int(10)),
         true},
        {build_expr(b, EXPR_NOT, is_a, NULL), true},
        {build_expr(b, EXPR_AND, is_null, is_a), true},
        {build_expr(b, EXPR_OR, search, is_a), true},
    };
    NodeId nodes[ARRAY_LEN(CASES)];
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        nodes[i] = plan_builder_predicate(b, CASES[i].expr);
    }
    const PlanSet *plan = plan_builder_finish(b);
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_int_equal(node_can_witness(plan, nodes[i]), CASES[i].can);
    }
    arena_free(t.arena);
}

TEST(array_functions_that_want_some_value_can_be_one)
{
    Build t = build_begin();
    PlanBuilder *b = t.builder;
    const Expr *is_null = build_expr(b, EXPR_IS_NULL, build_variable(b, 0), NULL);
    const Expr *body = build_expr(b, EXPR_OR, is_null, build_literal(b, value_bool(true)));
    const Expr *search = build_array(b, EXPR_SEARCH, "a", body);
    const Expr *count = build_array(b, EXPR_COUNT, "a", body);
    Expr *counts = build_expr(b, EXPR_COMPARE, count, count);
    counts->op = OP_EQUAL;
    const struct {
        const Expr *expr;
        bool can;
    } CASES[] = {
        {search, true},
        {build_compare(b, count, OP_GREATER, value_int(0)), true},
        {build_compare(b, count, OP_GREATER_EQUAL, value_int(1)), true},
        {build_compare(b, count, OP_EQUAL, value_int(2)), true},
        {build_compare(b, count, OP_GREATER, value_int(-1)), false},
        {build_compare(b, count, OP_GREATER_EQUAL, value_int(0)), false},
        {build_compare(b, count, OP_EQUAL, value_int(0)), false},
        {build_compare(b, count, OP_LESS, value_int(2)), false},
        {counts, false},
        {build_compare(b, search, OP_EQUAL, value_bool(false)), false},
        {build_expr(b, EXPR_NOT, search, NULL), false},
    };
    NodeId nodes[ARRAY_LEN(CASES)];
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        nodes[i] = plan_builder_predicate(b, CASES[i].expr);
    }
    const PlanSet *plan = plan_builder_finish(b);
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_int_equal(node_can_witness(plan, nodes[i]), CASES[i].can);
    }
    arena_free(t.arena);
}

TEST(what_never_holds_needs_nobody)
{
    Build t = build_begin();
    NodeId never = plan_builder_constant(t.builder, false);
    const PlanSet *plan = plan_builder_finish(t.builder);
    Witness witness;
    assert_true(witness_find(plan, never, NULL, t.arena, &witness));
    assert_int_equal(witness.count, 0);
    assert_true(node_can_witness(plan, never));
    arena_free(t.arena);
}

RUN_TESTS(CASE(the_rarest_of_and_and_all_of_or), CASE(without_rows_the_fewest_predicates),
          CASE(what_holds_of_nothing_is_never_one), CASE(a_value_made_of_nothing_is_never_one),
          CASE(array_functions_that_want_some_value_can_be_one),
          CASE(what_never_holds_needs_nobody))
