#include "unit.h"

#include "plan/expr.h"
#include "plan/expr_build.h"
#include "random.h"

typedef struct Bench {
    Arena *arena;
    PlanBuilder *builder;
} Bench;

static Bench bench_new(void)
{
    Arena *arena = arena_new();
    return (Bench){arena, plan_builder_new(arena, schema_builtin(arena))};
}

static Value text(const char *c)
{
    return value_string(str_from_c(c));
}

static bool normal_is_literal(Bench *bench, const Expr *expr, Value wanted)
{
    const Expr *normal = expr_normalize(bench->arena, expr);
    return normal->kind == EXPR_LITERAL && normal->literal.kind == wanted.kind &&
           value_compare(&normal->literal, &wanted) == 0;
}

TEST(items_are_a_set)
{
    Bench bench = bench_new();
    Value written[] = {text("b"), text("a"), text("b"), value_int(2), value_double(2)};
    Expr *in = build_list(bench.builder, EXPR_IN, build_field(bench.builder, "x"), false, written,
                          ARRAY_LEN(written));
    const Expr *normal = expr_normalize(bench.arena, in);
    assert_int_equal(normal->item_count, 3);
    assert_int_equal(normal->items[0].integer, 2);
    assert_true(str_equal(normal->items[1].text, STR("a")));
    assert_true(str_equal(normal->items[2].text, STR("b")));
    arena_free(bench.arena);
}

TEST(a_variable_is_told_by_its_level_and_an_array_by_its_field)
{
    Bench bench = bench_new();
    PlanBuilder *b = bench.builder;
    const Expr *near = build_compare(b, build_variable(b, 0), OP_EQUAL, text("a"));
    const Expr *far = build_compare(b, build_variable(b, 1), OP_EQUAL, text("a"));
    const Expr *all[] = {
        build_array(b, EXPR_SEARCH, "x", build_array(b, EXPR_SEARCH, "y", near)),
        build_array(b, EXPR_SEARCH, "x", build_array(b, EXPR_SEARCH, "y", far)),
        build_array(b, EXPR_SEARCH, "y", build_array(b, EXPR_SEARCH, "y", far)),
        build_array(b, EXPR_SEARCH, "x", build_array(b, EXPR_COUNT, "y", far)),
        build_array(b, EXPR_COUNT, "x", build_array(b, EXPR_SEARCH, "y", far)),
    };
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        for (size_t k = 0; k < ARRAY_LEN(all); k++) {
            assert_int_equal(expr_equal(all[i], all[k]), i == k);
            assert_int_equal(expr_hash(all[i]) == expr_hash(all[k]), i == k);
        }
    }
    arena_free(bench.arena);
}

TEST(fields_that_are_only_looked_through_come_last)
{
    Bench bench = bench_new();
    PlanBuilder *b = bench.builder;
    const Expr *same = build_expr(b, EXPR_COMPARE, build_variable(b, 0), build_field(b, "free"));
    const Expr *both = build_expr(b, EXPR_AND, build_array(b, EXPR_SEARCH, "array", same),
                                  build_array(b, EXPR_SEARCH, "both", same));
    const Expr *all =
        build_expr(b, EXPR_AND, both, build_compare(b, build_field(b, "both"), OP_EQUAL, text("")));
    ExprFields fields = {0};
    const Expr *own = expr_own(bench.arena, all, &fields);
    assert_int_equal(fields.list.count, 3);
    assert_int_equal(fields.whole_count, 1);
    assert_int_equal(fields.list.items[0], build_field(b, "free")->field);
    assert_int_equal(fields.list.items[1], build_field(b, "both")->field);
    assert_int_equal(fields.list.items[2], build_field(b, "array")->field);
    assert_int_equal(own->args[0]->args[0]->slot, 2);
    assert_int_equal(own->args[0]->args[1]->slot, 1);
    assert_int_equal(own->args[0]->args[1]->args[0]->args[1]->slot, 0);
    arena_free(bench.arena);
}

TEST(an_array_function_whose_condition_is_never_true_is_decided)
{
    Bench bench = bench_new();
    PlanBuilder *b = bench.builder;
    const Value NEVER[] = {value_bool(false), value_null(), value_int(1)};
    for (size_t i = 0; i < ARRAY_LEN(NEVER); i++) {
        const Expr *body = build_literal(b, NEVER[i]);
        assert_true(
            normal_is_literal(&bench, build_array(b, EXPR_SEARCH, "x", body), value_bool(false)));
        assert_true(normal_is_literal(&bench, build_array(b, EXPR_COUNT, "x", body), value_int(0)));
    }
    const Expr *always = build_array(b, EXPR_SEARCH, "x", build_literal(b, value_bool(true)));
    assert_int_equal(expr_normalize(bench.arena, always)->kind, EXPR_SEARCH);
    arena_free(bench.arena);
}

TEST(the_order_of_items_changes_neither_hash_nor_equality)
{
    Bench bench = bench_new();
    Random random = {7};
    Value first[] = {text("a"),    text("b"),       text("C"),         value_int(5),
                     value_int(6), value_double(5), value_bool(false), value_date(1)};
    const Expr *field = build_field(bench.builder, "x");
    for (int round = 0; round < 200; round++) {
        Value second[ARRAY_LEN(first)];
        memcpy(second, first, sizeof second);
        for (uint32_t i = ARRAY_LEN(second) - 1; i > 0; i--) {
            uint32_t other = random_below(&random, i + 1);
            Value swap = second[i];
            second[i] = second[other];
            second[other] = swap;
        }
        bool fold = round % 2 == 1;
        const Expr *a = expr_normalize(
            bench.arena, build_list(bench.builder, EXPR_IN, field, fold, first, ARRAY_LEN(first)));
        const Expr *b = expr_normalize(bench.arena, build_list(bench.builder, EXPR_IN, field, fold,
                                                               second, ARRAY_LEN(second)));
        assert_true(expr_equal(a, b));
        assert_int_equal(expr_hash(a), expr_hash(b));
    }
    arena_free(bench.arena);
}

TEST(folded_lists_hold_folded_texts)
{
    Bench bench = bench_new();
    Value written[] = {text("CMD.exe"), text("cmd.EXE"), text("\xc3\x84*")};
    const Expr *field = build_field(bench.builder, "x");
    const Expr *like =
        expr_normalize(bench.arena, build_list(bench.builder, EXPR_LIKE, field, true, written, 3));
    assert_int_equal(like->item_count, 2);
    assert_true(str_equal(like->items[0].text, STR("cmd.exe")));
    assert_true(str_equal(like->items[1].text, STR("\xc3\xa4*")));
    arena_free(bench.arena);
}

TEST(regular_expressions_are_not_folded)
{
    Bench bench = bench_new();
    Value written[] = {text("\\W+")};
    const Expr *regex =
        expr_normalize(bench.arena, build_list(bench.builder, EXPR_REGEX,
                                               build_field(bench.builder, "x"), true, written, 1));
    assert_true(regex->fold);
    assert_true(str_equal(regex->items[0].text, STR("\\W+")));
    arena_free(bench.arena);
}

TEST(one_exact_item_is_a_comparison)
{
    Bench bench = bench_new();
    Value item = text("a");
    const Expr *field = build_field(bench.builder, "x");
    const Expr *in =
        expr_normalize(bench.arena, build_list(bench.builder, EXPR_IN, field, false, &item, 1));
    const Expr *equal =
        expr_normalize(bench.arena, build_compare(bench.builder, field, OP_EQUAL, item));
    assert_true(expr_equal(in, equal));
    const Expr *folded =
        expr_normalize(bench.arena, build_list(bench.builder, EXPR_IN, field, true, &item, 1));
    assert_int_equal(folded->kind, EXPR_IN);
    arena_free(bench.arena);
}

TEST(a_list_without_texts_does_not_fold)
{
    Bench bench = bench_new();
    Value items[] = {value_int(1), value_int(2)};
    const Expr *field = build_field(bench.builder, "x");
    const Expr *a =
        expr_normalize(bench.arena, build_list(bench.builder, EXPR_IN, field, true, items, 2));
    const Expr *b =
        expr_normalize(bench.arena, build_list(bench.builder, EXPR_IN, field, false, items, 2));
    assert_true(expr_equal(a, b));
    arena_free(bench.arena);
}

TEST(null_goes_through_what_needs_a_value)
{
    Bench bench = bench_new();
    PlanBuilder *builder = bench.builder;
    const Expr *null = build_literal(builder, value_null());
    const Expr *field = build_field(builder, "x");
    Value item = text("a");
    const Expr *give_null[] = {
        build_compare(builder, field, OP_LESS, value_null()),
        build_compare(builder, null, OP_EQUAL, value_int(1)),
        build_list(builder, EXPR_IN, null, false, &item, 1),
        build_list(builder, EXPR_IN, field, false, NULL, 0),
        build_list(builder, EXPR_LIKE, field, true, NULL, 0),
        build_list(builder, EXPR_REGEX, null, true, &item, 1),
        build_expr(builder, EXPR_ARITHMETIC, field, null),
        build_expr(builder, EXPR_NEGATE, null, NULL),
        build_expr(builder, EXPR_NOT, null, NULL),
        build_call(builder, FUNCTION_CONCAT, field, null),
        build_call(builder, FUNCTION_SUBSTRING, null, build_literal(builder, value_int(1))),
    };
    for (size_t i = 0; i < ARRAY_LEN(give_null); i++) {
        assert_true(normal_is_literal(&bench, give_null[i], value_null()));
    }
    /* A missing start of a part is its beginning: not decided here. */
    const Expr *part =
        expr_normalize(bench.arena, build_call(builder, FUNCTION_SUBSTRING, field, null));
    assert_int_equal(part->kind, EXPR_CALL);
    arena_free(bench.arena);
}

TEST(constants_are_decided_where_it_is_certain)
{
    Bench bench = bench_new();
    PlanBuilder *builder = bench.builder;
    const Expr *null = build_literal(builder, value_null());
    const Expr *one = build_literal(builder, value_int(1));
    const Expr *word = build_literal(builder, text("b"));
    const Expr *is_null = build_expr(builder, EXPR_IS_NULL, null, NULL);
    assert_true(normal_is_literal(&bench, is_null, value_bool(true)));
    assert_true(
        normal_is_literal(&bench, build_expr(builder, EXPR_IS_NULL, one, NULL), value_bool(false)));
    assert_true(
        normal_is_literal(&bench, build_expr(builder, EXPR_NOT, is_null, NULL), value_bool(false)));
    struct {
        const Expr *left;
        ExprOp op;
        Value right;
        bool holds;
    } cases[] = {
        {one, OP_EQUAL, value_double(1), true},       {one, OP_LESS, value_int(1), false},
        {one, OP_LESS_EQUAL, value_int(1), true},     {one, OP_GREATER, value_double(0.5), true},
        {one, OP_GREATER_EQUAL, value_int(2), false}, {word, OP_LESS, text("c"), true},
        {word, OP_EQUAL, text("B"), false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Expr *compare = build_compare(builder, cases[i].left, cases[i].op, cases[i].right);
        assert_true(normal_is_literal(&bench, compare, value_bool(cases[i].holds)));
    }
    /* "1" may meet 1 as a number: that is for the evaluator to know. */
    const Expr *mixed =
        expr_normalize(bench.arena, build_compare(builder, one, OP_EQUAL, text("1")));
    assert_int_equal(mixed->kind, EXPR_COMPARE);
    arena_free(bench.arena);
}

TEST(slots_are_in_order_of_first_use)
{
    Bench bench = bench_new();
    const Expr *sum = build_expr(bench.builder, EXPR_ARITHMETIC, build_field(bench.builder, "b"),
                                 build_field(bench.builder, "a"));
    const Expr *all =
        build_expr(bench.builder, EXPR_ARITHMETIC, sum, build_field(bench.builder, "b"));
    ExprFields fields = {0};
    const Expr *own = expr_own(bench.arena, all, &fields);
    assert_int_equal(fields.list.count, 2);
    assert_int_equal(own->args[0]->args[0]->slot, 0);
    assert_int_equal(own->args[0]->args[1]->slot, 1);
    assert_int_equal(own->args[1]->slot, 0);
    assert_int_equal(fields.list.items[1], own->args[0]->args[1]->field);
    arena_free(bench.arena);
}

TEST(an_own_copy_borrows_no_text)
{
    Bench bench = bench_new();
    char first[] = "one";
    char second[] = "two";
    Value items[] = {value_string((Str){first, 3}), text("x")};
    Expr *in =
        build_list(bench.builder, EXPR_IN,
                   build_literal(bench.builder, value_string((Str){second, 3})), false, items, 2);
    ExprFields fields = {0};
    const Expr *own = expr_own(bench.arena, in, &fields);
    memset(first, '#', 3);
    memset(second, '#', 3);
    assert_true(str_equal(own->items[0].text, STR("one")));
    assert_true(str_equal(own->args[0]->literal.text, STR("two")));
    arena_free(bench.arena);
}

TEST(different_expressions_are_not_equal)
{
    Bench bench = bench_new();
    PlanBuilder *builder = bench.builder;
    const Expr *x = build_field(builder, "x");
    const Expr *y = build_field(builder, "y");
    Value ab[] = {text("a"), text("b")};
    Value ac[] = {text("a"), text("c")};
    Expr *as_ip = build_compare(builder, x, OP_EQUAL, text("a"));
    as_ip->as = COMPARE_AS_IP;
    const Expr *all[] = {
        x,
        y,
        build_compare(builder, x, OP_EQUAL, text("a")),
        build_compare(builder, y, OP_EQUAL, text("a")),
        build_compare(builder, x, OP_LESS, text("a")),
        build_compare(builder, x, OP_EQUAL, text("b")),
        build_compare(builder, x, OP_EQUAL, value_int(5)),
        build_compare(builder, x, OP_EQUAL, value_double(5)),
        build_compare(builder, x, OP_EQUAL, value_date(5)),
        as_ip,
        build_list(builder, EXPR_IN, x, false, ab, 2),
        build_list(builder, EXPR_IN, x, false, ac, 2),
        build_list(builder, EXPR_IN, x, true, ab, 2),
        build_list(builder, EXPR_LIKE, x, false, ab, 2),
        build_call(builder, FUNCTION_LENGTH, x, NULL),
        build_call(builder, FUNCTION_STRING, x, NULL),
        build_call(builder, FUNCTION_CONCAT, x, y),
        build_call(builder, FUNCTION_CONCAT, y, x),
    };
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        for (size_t j = 0; j < ARRAY_LEN(all); j++) {
            const Expr *a = expr_normalize(bench.arena, all[i]);
            const Expr *b = expr_normalize(bench.arena, all[j]);
            assert_int_equal(expr_equal(a, b), i == j);
            assert_int_equal(expr_hash(a) == expr_hash(b), i == j);
        }
    }
    arena_free(bench.arena);
}

RUN_TESTS(CASE(items_are_a_set), CASE(a_variable_is_told_by_its_level_and_an_array_by_its_field),
          CASE(fields_that_are_only_looked_through_come_last),
          CASE(an_array_function_whose_condition_is_never_true_is_decided),
          CASE(the_order_of_items_changes_neither_hash_nor_equality),
          CASE(folded_lists_hold_folded_texts), CASE(regular_expressions_are_not_folded),
          CASE(one_exact_item_is_a_comparison), CASE(a_list_without_texts_does_not_fold),
          CASE(null_goes_through_what_needs_a_value),
          CASE(constants_are_decided_where_it_is_certain), CASE(slots_are_in_order_of_first_use),
          CASE(an_own_copy_borrows_no_text), CASE(different_expressions_are_not_equal))
