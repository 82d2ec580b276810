#include "unit.h"

#include "plan/expr_build.h"
#include "plan/stage_cases.h"

typedef struct Bench {
    Arena *arena;
    PlanBuilder *builder;
    NodeId a, b;
} Bench;

static Bench bench_new(void)
{
    Bench bench = {.arena = arena_new()};
    bench.builder = plan_builder_new(bench.arena, schema_builtin(bench.arena));
    bench.a = build_equal(bench.builder, "x", "a");
    bench.b = build_equal(bench.builder, "x", "b");
    return bench;
}

static NodeId leaf(Bench *bench, LineageRelation relation, uint16_t source)
{
    return plan_builder_lineage(bench->builder, (LineageLeaf){(uint16_t)relation, source});
}

static NodeId and (Bench * bench, NodeId left, NodeId right)
{
    return plan_builder_and(bench->builder, (NodeId[]){left, right}, 2);
}

static NodeId or (Bench * bench, NodeId left, NodeId right)
{
    return plan_builder_or(bench->builder, (NodeId[]){left, right}, 2);
}

TEST(without_lineage_a_condition_is_asked_as_it_is)
{
    Bench bench = bench_new();
    Stage stage = {.node = and(&bench, bench.a, bench.b)};
    NodeId condition = stage.node;
    stage_set_cases(&stage, bench.builder);
    assert_int_equal(stage.condition, condition);
    assert_int_equal(stage.node, condition);
    assert_int_equal(stage.leaf_count, 0);
    assert_null(stage.cases);
    assert_int_equal(stage_case(&stage, &(LineageFacts){{UINT32_MAX}}), 0);
    arena_free(bench.arena);
}

TEST(each_way_that_a_leaf_can_be_is_a_case)
{
    Bench bench = bench_new();
    NodeId kin = leaf(&bench, LINEAGE_CHILD, 0);
    NodeId never = plan_builder_constant(bench.builder, false);
    NodeId always = plan_builder_constant(bench.builder, true);
    NodeId not_kin = plan_builder_not(bench.builder, kin);
    const struct {
        NodeId condition, without, with, node;
    } CASES[] = {
        {kin, never, always, always},
        {not_kin, always, never, always},
        {and(&bench, bench.a, kin), never, bench.a, bench.a},
        {and(&bench, bench.a, not_kin), bench.a, never, bench.a},
        { or (&bench, bench.a, kin), bench.a, always, always},
        { or (&bench, and(&bench, bench.a, kin), bench.b), bench.b, or (&bench, bench.a, bench.b),
          or (&bench, bench.a, bench.b)},
        {plan_builder_not(bench.builder, and(&bench, bench.a, kin)), always,
         plan_builder_not(bench.builder, bench.a), always},
        /* Both ways the same: yet the leaf is asked for. */
        { or (&bench, kin, not_kin), always, always, always},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Stage stage = {.node = CASES[i].condition};
        stage_set_cases(&stage, bench.builder);
        assert_int_equal(stage.condition, CASES[i].condition);
        assert_int_equal(stage.leaf_count, 1);
        assert_int_equal(stage.cases[0], CASES[i].without);
        assert_int_equal(stage.cases[1], CASES[i].with);
        assert_int_equal(stage.node, CASES[i].node);
    }
    arena_free(bench.arena);
}

TEST(leaves_stand_in_order_of_source_and_relation_each_once)
{
    Bench bench = bench_new();
    NodeId last = leaf(&bench, LINEAGE_EVENT, 3);
    NodeId third = leaf(&bench, LINEAGE_DESCENDANT, 1);
    NodeId second = leaf(&bench, LINEAGE_CHILD, 1);
    NodeId first = leaf(&bench, LINEAGE_DESCENDANT, 0);
    NodeId condition =
        or (&bench, and(&bench, last, third), and(&bench, and(&bench, second, first), last));
    LineageLeaf found[LINEAGE_MAX_LEAVES + 1];
    assert_int_equal(stage_leaves(bench.builder, condition, found), 4);
    Stage stage = {.node = condition};
    stage_set_cases(&stage, bench.builder);
    static const LineageLeaf EXPECTED[] = {
        {LINEAGE_DESCENDANT, 0}, {LINEAGE_CHILD, 1}, {LINEAGE_DESCENDANT, 1}, {LINEAGE_EVENT, 3}};
    assert_memory_equal(stage.leaves, EXPECTED, sizeof EXPECTED);
    assert_int_equal(stage_inherited(&stage), 3);
    /* Cases of `last and third`, or of the other three, are true. */
    for (uint32_t number = 0; number < 16; number++) {
        bool holds = (number & 12) == 12 || (number & 11) == 11;
        assert_int_equal(stage.cases[number], plan_builder_constant(bench.builder, holds));
    }
    LineageFacts facts = {
        .of = {[LINEAGE_EVENT] = 8, [LINEAGE_CHILD] = 5, [LINEAGE_DESCENDANT] = 3}};
    assert_int_equal(stage_case(&stage, &facts), 1 | 4 | 8);
    arena_free(bench.arena);
}

TEST(more_leaves_than_a_stage_may_have_are_seen)
{
    Bench bench = bench_new();
    NodeId condition = bench.a;
    for (uint16_t i = 0; i < LINEAGE_MAX_LEAVES + 3; i++) {
        condition = and(&bench, condition, leaf(&bench, LINEAGE_EVENT, i));
    }
    LineageLeaf found[LINEAGE_MAX_LEAVES + 1];
    assert_int_equal(stage_leaves(bench.builder, condition, found), LINEAGE_MAX_LEAVES + 1);
    arena_free(bench.arena);
}

RUN_TESTS(CASE(without_lineage_a_condition_is_asked_as_it_is),
          CASE(each_way_that_a_leaf_can_be_is_a_case),
          CASE(leaves_stand_in_order_of_source_and_relation_each_once),
          CASE(more_leaves_than_a_stage_may_have_are_seen))
