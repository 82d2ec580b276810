#include "unit.h"

#include "exec/row_evaluator.h"
#include "plan/expr_build.h"

typedef struct Bench {
    Arena *arena;
    PlanBuilder *b;
    RowEvaluator *evaluator;
    Document document;
} Bench;

static void look_at(Bench *bench, const char *text)
{
    Err err;
    assert_true(document_parse(bench->arena, str_from_c(text), &bench->document, &err));
    row_evaluator_set(bench->evaluator, &bench->document);
}

TEST(nodes_are_computed_from_the_document)
{
    Bench bench = {.arena = arena_new()};
    PlanBuilder *b = bench.b = plan_builder_new(bench.arena, schema_builtin(bench.arena));
    NodeId is_a = build_equal(b, "k", "a");
    NodeId is_b = build_equal(b, "k", "b");
    NodeId both = plan_builder_and(b, (NodeId[]){is_a, is_b}, 2);
    NodeId any = plan_builder_or(b, (NodeId[]){is_a, is_b}, 2);
    NodeId not_a = plan_builder_not(b, is_a);
    NodeId always = plan_builder_constant(b, true);
    NodeId never = plan_builder_constant(b, false);
    bench.evaluator = row_evaluator_new(bench.arena, plan_builder_finish(b));
    struct {
        const char *event;
        bool is_a, is_b;
    } cases[] = {
        {"{\"k\":\"a\"}", true, false},
        {"{\"k\":[\"a\",\"b\"]}", true, true},
        {"{\"k\":\"c\"}", false, false},
        {"{}", false, false},
        {"{\"_source\":{\"k\":\"b\"}}", false, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        look_at(&bench, cases[i].event);
        RowEvaluator *e = bench.evaluator;
        assert_int_equal(row_evaluator_holds(e, is_a), cases[i].is_a);
        assert_int_equal(row_evaluator_holds(e, both), cases[i].is_a && cases[i].is_b);
        assert_int_equal(row_evaluator_holds(e, any), cases[i].is_a || cases[i].is_b);
        assert_int_equal(row_evaluator_holds(e, not_a), !cases[i].is_a);
        assert_true(row_evaluator_holds(e, always) && !row_evaluator_holds(e, never));
    }
    row_evaluator_free(bench.evaluator);
    arena_free(bench.arena);
}

TEST(values_are_those_of_the_present_event)
{
    Bench bench = {.arena = arena_new()};
    bench.b = plan_builder_new(bench.arena, schema_builtin(bench.arena));
    FieldId k = build_field(bench.b, "k")->field;
    bench.evaluator = row_evaluator_new(bench.arena, plan_builder_finish(bench.b));
    look_at(&bench, "{\"k\":[1,2]}");
    assert_int_equal(row_evaluator_values(bench.evaluator, k).count, 2);
    assert_int_equal(row_evaluator_values(bench.evaluator, k).items[1].integer, 2);
    assert_ptr_equal(row_evaluator_document(bench.evaluator), &bench.document);
    look_at(&bench, "{}");
    assert_int_equal(row_evaluator_values(bench.evaluator, k).count, 0);
    row_evaluator_free(bench.evaluator);
    arena_free(bench.arena);
}

RUN_TESTS(CASE(nodes_are_computed_from_the_document), CASE(values_are_those_of_the_present_event))
