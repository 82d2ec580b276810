#include "unit.h"

#include "plan/expr_build.h"
#include "random.h"

static PlanBuilder *builder_new(Arena **arena)
{
    *arena = arena_new();
    return plan_builder_new(*arena, schema_builtin(*arena));
}

TEST(equal_leaves_are_one_predicate_and_one_node)
{
    Arena *arena;
    PlanBuilder *builder = builder_new(&arena);
    NodeId first = build_equal(builder, "process.name", "a");
    NodeId other = build_equal(builder, "process.name", "b");
    NodeId again = build_equal(builder, "process.name", "a");
    assert_int_equal(first, again);
    assert_int_not_equal(first, other);
    const PlanSet *plan = plan_builder_finish(builder);
    assert_int_equal(plan->predicate_count, 2);
    arena_free(arena);
}

TEST(a_literal_leaf_is_a_constant)
{
    Arena *arena;
    PlanBuilder *builder = builder_new(&arena);
    NodeId never = plan_builder_constant(builder, false);
    assert_int_equal(plan_builder_predicate(builder, build_literal(builder, value_bool(true))),
                     plan_builder_constant(builder, true));
    assert_int_equal(plan_builder_predicate(builder, build_literal(builder, value_bool(false))),
                     never);
    assert_int_equal(plan_builder_predicate(builder, build_literal(builder, value_null())), never);
    assert_int_equal(plan_builder_finish(builder)->predicate_count, 0);
    arena_free(arena);
}

TEST(and_or_forget_order_brackets_and_repeats)
{
    Arena *arena;
    PlanBuilder *builder = builder_new(&arena);
    NodeId a = build_equal(builder, "x", "a");
    NodeId b = build_equal(builder, "x", "b");
    NodeId c = build_equal(builder, "x", "c");
    NodeId bc = plan_builder_and(builder, (NodeId[]){b, c}, 2);
    NodeId left = plan_builder_and(builder, (NodeId[]){a, bc}, 2);
    NodeId right = plan_builder_and(builder, (NodeId[]){c, b, a, b}, 4);
    assert_int_equal(left, right);
    NodeId either = plan_builder_or(builder, (NodeId[]){a, bc}, 2);
    assert_int_not_equal(either, left);
    assert_int_equal(plan_builder_and(builder, (NodeId[]){a, a}, 2), a);
    const PlanNode *node = &plan_builder_finish(builder)->nodes[left];
    assert_int_equal(node->child_count, 3);
    for (uint32_t i = 1; i < node->child_count; i++) {
        assert_true(node->children[i - 1] < node->children[i]);
    }
    arena_free(arena);
}

TEST(constants_fold)
{
    Arena *arena;
    PlanBuilder *builder = builder_new(&arena);
    NodeId a = build_equal(builder, "x", "a");
    NodeId yes = plan_builder_constant(builder, true);
    NodeId no = plan_builder_constant(builder, false);
    assert_int_equal(plan_builder_and(builder, (NodeId[]){a, yes}, 2), a);
    assert_int_equal(plan_builder_and(builder, (NodeId[]){a, no}, 2), no);
    assert_int_equal(plan_builder_or(builder, (NodeId[]){a, no}, 2), a);
    assert_int_equal(plan_builder_or(builder, (NodeId[]){a, yes}, 2), yes);
    assert_int_equal(plan_builder_and(builder, NULL, 0), yes);
    assert_int_equal(plan_builder_or(builder, NULL, 0), no);
    assert_int_equal(plan_builder_not(builder, yes), no);
    assert_int_equal(plan_builder_not(builder, no), yes);
    arena_free(arena);
}

TEST(not_not_is_nothing)
{
    Arena *arena;
    PlanBuilder *builder = builder_new(&arena);
    NodeId a = build_equal(builder, "x", "a");
    NodeId not_a = plan_builder_not(builder, a);
    assert_int_not_equal(not_a, a);
    assert_int_equal(plan_builder_not(builder, not_a), a);
    assert_int_equal(plan_builder_not(builder, a), not_a);
    arena_free(arena);
}

/* Random trees over few leaves: whatever is built, children come before parents, kinds are flat, and no two
 * nodes are alike. */
TEST(every_plan_is_in_order_flat_and_without_twins)
{
    Arena *arena;
    PlanBuilder *builder = builder_new(&arena);
    Random random = {42};
    NodeId pool[400];
    char name[2] = "a";
    for (uint32_t i = 0; i < 12; i++) {
        name[0] = (char)('a' + i);
        pool[i] = build_equal(builder, "x", name);
    }
    for (uint32_t i = 12; i < ARRAY_LEN(pool); i++) {
        NodeId children[4];
        for (uint32_t j = 0; j < ARRAY_LEN(children); j++) {
            children[j] = pool[random_below(&random, i)];
        }
        switch (random_below(&random, 3)) {
        case 0: pool[i] = plan_builder_and(builder, children, 4); break;
        case 1: pool[i] = plan_builder_or(builder, children, 2); break;
        default: pool[i] = plan_builder_not(builder, children[0]); break;
        }
    }
    const PlanSet *plan = plan_builder_finish(builder);
    assert_true(plan->node_count > 50);
    for (NodeId id = 0; id < plan->node_count; id++) {
        const PlanNode *node = &plan->nodes[id];
        for (uint32_t i = 0; i < node->child_count; i++) {
            const PlanNode *child = &plan->nodes[node->children[i]];
            assert_true(node->children[i] < id);
            assert_true(i == 0 || node->children[i - 1] < node->children[i]);
            assert_int_not_equal(child->kind, node->kind);
            assert_int_not_equal(child->kind, NODE_TRUE);
            assert_int_not_equal(child->kind, NODE_FALSE);
        }
        for (NodeId twin = 0; twin < id; twin++) {
            const PlanNode *other = &plan->nodes[twin];
            bool same =
                other->kind == node->kind && other->predicate == node->predicate &&
                other->child_count == node->child_count &&
                (node->child_count == 0 || memcmp(other->children, node->children,
                                                  node->child_count * sizeof *node->children) == 0);
            assert_false(same);
        }
    }
    arena_free(arena);
}

TEST(a_thousand_leaves_are_found_again)
{
    Arena *arena;
    PlanBuilder *builder = builder_new(&arena);
    NodeId ids[1000];
    char name[16];
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < ARRAY_LEN(ids); i++) {
            snprintf(name, sizeof name, "v%u", i);
            NodeId id = build_equal(builder, "x", name);
            assert_true(round == 0 || ids[i] == id);
            ids[i] = id;
        }
    }
    assert_int_equal(plan_builder_finish(builder)->predicate_count, ARRAY_LEN(ids));
    arena_free(arena);
}

TEST(a_query_is_copied_whole)
{
    Arena *arena;
    PlanBuilder *builder = builder_new(&arena);
    NodeId a = build_equal(builder, "x", "a");
    JoinKey keys[2] = {{.field = 0}, {.field = 0, .optional = true}};
    Stage stages[2] = {{.node = a, .keys = keys}, {.node = a, .keys = keys, .missing = true}};
    Stage until = {.node = plan_builder_constant(builder, true), .keys = keys};
    Pipe pipes[1] = {{.kind = PIPE_TAIL, .count = 7}};
    QueryPlan query = {.kind = QUERY_SEQUENCE,
                       .stages = stages,
                       .stage_count = 2,
                       .key_count = 2,
                       .until = &until,
                       .maxspan_ns = 5,
                       .tiebreaker = FIELD_NONE,
                       .pipes = pipes,
                       .pipe_count = 1};
    assert_int_equal(plan_builder_add_query(builder, &query), 0);
    assert_int_equal(plan_builder_add_query(builder, &query), 1);
    memset(keys, 0xff, sizeof keys);
    memset(stages, 0xff, sizeof stages);
    memset(&until, 0xff, sizeof until);
    memset(pipes, 0xff, sizeof pipes);
    const PlanSet *plan = plan_builder_finish(builder);
    assert_int_equal(plan->query_count, 2);
    const QueryPlan *copy = &plan->queries[1];
    assert_int_equal(copy->stages[1].node, a);
    assert_true(copy->stages[1].missing && !copy->stages[0].missing);
    assert_true(copy->stages[0].keys[1].optional && !copy->until->keys[0].optional);
    assert_int_equal(copy->pipes[0].count, 7);
    assert_int_equal(copy->maxspan_ns, 5);
    arena_free(arena);
}

RUN_TESTS(CASE(equal_leaves_are_one_predicate_and_one_node), CASE(a_literal_leaf_is_a_constant),
          CASE(and_or_forget_order_brackets_and_repeats), CASE(constants_fold),
          CASE(not_not_is_nothing), CASE(every_plan_is_in_order_flat_and_without_twins),
          CASE(a_thousand_leaves_are_found_again), CASE(a_query_is_copied_whole))
