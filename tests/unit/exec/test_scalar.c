#include "unit.h"

#include "exec/scalar.h"
#include "plan/expr_build.h"

typedef struct Bench {
    Arena *arena;
    PlanBuilder *b;
} Bench;

static Bench begin(void)
{
    Bench bench = {.arena = arena_new()};
    bench.b = plan_builder_new(bench.arena, schema_builtin(bench.arena));
    return bench;
}

static Value text(const char *c)
{
    return value_string(str_from_c(c));
}

/* What the expression, which looks at "x" alone, says of a value. */
static Value of(Bench *bench, const Expr *expr, Value value)
{
    PlanSet plan = {.predicates = &(Predicate){.expr = expr}, .predicate_count = 1};
    ScalarPatterns *patterns = scalar_patterns_new(bench->arena, &plan);
    return scalar_evaluate(patterns, expr, &value, bench->arena);
}

static char said(Value value)
{
    return value.kind == VALUE_NULL   ? 'n'
           : value.kind != VALUE_BOOL ? '?'
           : value.boolean            ? 't'
                                      : 'f';
}

TEST(and_or_and_not_know_three_values)
{
    Bench bench = begin();
    static const char NAMES[] = "tfn";
    static const char AND[] = "tfn"
                              "fff"
                              "nfn";
    static const char OR[] = "ttt"
                             "tfn"
                             "tnn";
    static const char NOT[] = "ftn";
    const Expr *literals[3] = {build_literal(bench.b, value_bool(true)),
                               build_literal(bench.b, value_bool(false)),
                               build_literal(bench.b, value_null())};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            const Expr *both = build_expr(bench.b, EXPR_AND, literals[i], literals[k]);
            const Expr *any = build_expr(bench.b, EXPR_OR, literals[i], literals[k]);
            if (said(of(&bench, both, value_null())) != AND[i * 3 + k] ||
                said(of(&bench, any, value_null())) != OR[i * 3 + k]) {
                fail_msg("%c and %c", NAMES[i], NAMES[k]);
            }
        }
        const Expr *not = build_expr(bench.b, EXPR_NOT, literals[i], NULL);
        assert_int_equal(said(of(&bench, not, value_null())), NOT[i]);
    }
    arena_free(bench.arena);
}

TEST(null_in_is_null_out_but_for_is_null)
{
    Bench bench = begin();
    const Expr *x = build_field(bench.b, "x");
    Value items[] = {text("a"), value_int(5)};
    Value patterns[] = {text("*")};
    const Expr *exprs[] = {
        build_compare(bench.b, x, OP_EQUAL, text("a")),
        build_compare(bench.b, x, OP_LESS, value_int(5)),
        build_list(bench.b, EXPR_IN, x, false, items, 2),
        build_list(bench.b, EXPR_LIKE, x, true, patterns, 1),
        build_expr(bench.b, EXPR_NEGATE, x, NULL),
        build_expr(bench.b, EXPR_NOT, x, NULL),
        build_call(bench.b, FUNCTION_LENGTH, x, NULL),
    };
    for (size_t i = 0; i < ARRAY_LEN(exprs); i++) {
        assert_int_equal(of(&bench, exprs[i], value_null()).kind, VALUE_NULL);
    }
    const Expr *is_null = build_expr(bench.b, EXPR_IS_NULL, x, NULL);
    assert_int_equal(said(of(&bench, is_null, value_null())), 't');
    assert_int_equal(said(of(&bench, is_null, text(""))), 'f');
    const Expr *null_of = build_expr(bench.b, EXPR_IS_NULL, exprs[1], NULL);
    assert_int_equal(said(of(&bench, null_of, value_null())), 't');
    assert_int_equal(said(of(&bench, null_of, value_int(7))), 'f');
    arena_free(bench.arena);
}

TEST(folded_equality_is_of_texts)
{
    Bench bench = begin();
    static const struct {
        Value left, right;
        char wanted;
    } CASES[] = {
        {{.kind = VALUE_STRING, .text = STR_INIT("CMD")},
         {.kind = VALUE_STRING, .text = STR_INIT("cmd")},
         't'},
        {{.kind = VALUE_STRING, .text = STR_INIT("cmd*")},
         {.kind = VALUE_STRING, .text = STR_INIT("cmd1")},
         'f'},
        {{.kind = VALUE_BOOL, .boolean = true},
         {.kind = VALUE_STRING, .text = STR_INIT("TRUE")},
         't'},
        {{.kind = VALUE_STRING, .text = STR_INIT("5.0")}, {.kind = VALUE_INT, .integer = 5}, 'f'},
        {{.kind = VALUE_DOUBLE, .number = 5}, {.kind = VALUE_INT, .integer = 5}, 't'},
        {{.kind = VALUE_NULL}, {.kind = VALUE_STRING, .text = STR_INIT("a")}, 'n'},
        {{.kind = VALUE_STRING, .text = STR_INIT("a")}, {.kind = VALUE_NULL}, 'n'},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Expr *equal = build_compare(bench.b, build_field(bench.b, "x"), OP_EQUAL, CASES[i].right);
        equal->fold = true;
        assert_int_equal(said(of(&bench, equal, CASES[i].left)), CASES[i].wanted);
    }
    arena_free(bench.arena);
}

TEST(lists_take_any_item)
{
    Bench bench = begin();
    const Expr *x = build_field(bench.b, "x");
    Value items[] = {text("a"), value_int(5), value_bool(true)};
    const Expr *in = build_list(bench.b, EXPR_IN, x, false, items, 3);
    const Expr *in_folded = build_list(bench.b, EXPR_IN, x, true, items, 3);
    Value likes[] = {text("a*"), text("5?"), text("*\xc3\xa9")};
    const Expr *like = build_list(bench.b, EXPR_LIKE, x, false, likes, 3);
    const Expr *like_folded = build_list(bench.b, EXPR_LIKE, x, true, likes, 3);
    Value regexes[] = {text("a+"), text("[x-z]\\d")};
    const Expr *regex = build_list(bench.b, EXPR_REGEX, x, false, regexes, 2);
    const Expr *regex_folded = build_list(bench.b, EXPR_REGEX, x, true, regexes, 2);
    struct {
        const Expr *expr;
        Value value;
        char wanted;
    } cases[] = {
        {in, text("a"), 't'},
        {in, text("A"), 'f'},
        {in_folded, text("A"), 't'},
        {in, value_int(5), 't'},
        {in, value_double(5), 't'},
        {in, text("5"), 't'},
        {in, text("true"), 't'},
        {in_folded, text("5.0"), 't'},
        {in, value_bool(false), 'f'},
        {like, text("abc"), 't'},
        {like, text("Abc"), 'f'},
        {like_folded, text("Abc"), 't'},
        {like, value_int(57), 't'},
        {like, value_int(5), 'f'},
        {like, text("x\xc3\x89"), 'f'},
        {like_folded, text("x\xc3\x89"), 't'},
        {regex, text("aaa"), 't'},
        {regex, text("aab"), 'f'},
        {regex, text("y7"), 't'},
        {regex, text("Y7"), 'f'},
        {regex_folded, text("Y7"), 't'},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char got = said(of(&bench, cases[i].expr, cases[i].value));
        if (got != cases[i].wanted) {
            fail_msg("case %zu: %c", i, got);
        }
    }
    arena_free(bench.arena);
}

TEST(index_patterns_hold_of_events_without_an_index)
{
    Bench bench = begin();
    Value patterns[] = {text("logs-*")};
    const Expr *index =
        build_list(bench.b, EXPR_INDEX, build_field(bench.b, FIELD_INDEX_PATH), false, patterns, 1);
    assert_int_equal(said(of(&bench, index, value_null())), 't');
    assert_int_equal(said(of(&bench, index, text("logs-a"))), 't');
    assert_int_equal(said(of(&bench, index, text("metrics-a"))), 'f');
    arena_free(bench.arena);
}

static const Predicate *predicate_of(Bench *bench, const Expr *expr)
{
    plan_builder_predicate(bench->b, expr);
    const PlanSet *plan = plan_builder_finish(bench->b);
    return &plan->predicates[plan->predicate_count - 1];
}

TEST(some_combination_of_values_is_enough)
{
    Bench bench = begin();
    Expr *sum =
        build_expr(bench.b, EXPR_ARITHMETIC, build_field(bench.b, "x"), build_field(bench.b, "y"));
    sum->op = OP_ADD;
    const Predicate *predicate =
        predicate_of(&bench, build_compare(bench.b, sum, OP_EQUAL, value_int(23)));
    Value x[] = {value_int(1), value_int(2), value_int(3)};
    Value y[] = {value_int(10), value_int(20)};
    Values both[] = {{x, 3}, {y, 2}};
    Values without_three[] = {{x, 2}, {y, 2}};
    Values without_y[] = {{x, 3}, {NULL, 0}};
    Arena *scratch = arena_new();
    ScalarPatterns *patterns = scalar_patterns_new(bench.arena, plan_builder_finish(bench.b));
    uint64_t cut = 0;
    assert_true(scalar_holds(patterns, predicate, both, scratch, &cut));
    assert_false(scalar_holds(patterns, predicate, without_three, scratch, &cut));
    assert_false(scalar_holds(patterns, predicate, without_y, scratch, &cut));
    assert_int_equal(cut, 0);
    arena_free(scratch);
    arena_free(bench.arena);
}

TEST(a_field_has_one_value_wherever_it_is_named)
{
    Bench bench = begin();
    const Expr *x = build_field(bench.b, "x");
    const Predicate *predicate = predicate_of(
        &bench, build_expr(bench.b, EXPR_AND, build_compare(bench.b, x, OP_LESS, value_int(5)),
                           build_compare(bench.b, x, OP_GREATER, value_int(3))));
    Value apart[] = {value_int(1), value_int(7)};
    Value inside[] = {value_int(1), value_int(4)};
    Arena *scratch = arena_new();
    ScalarPatterns *patterns = scalar_patterns_new(bench.arena, plan_builder_finish(bench.b));
    uint64_t cut = 0;
    assert_int_equal(predicate->field_count, 1);
    assert_false(scalar_holds(patterns, predicate, &(Values){apart, 2}, scratch, &cut));
    assert_true(scalar_holds(patterns, predicate, &(Values){inside, 2}, scratch, &cut));
    arena_free(scratch);
    arena_free(bench.arena);
}

static uint64_t cut_of(Bench *bench, const Expr *expr, const Values *values, bool *holds)
{
    const Predicate *predicate = predicate_of(bench, expr);
    const PlanSet *plan = plan_builder_finish(bench->b);
    ScalarPatterns *patterns = scalar_patterns_new(bench->arena, plan);
    Arena *scratch = arena_new();
    uint64_t cut = 0;
    *holds = scalar_holds(patterns, predicate, values, scratch, &cut);
    arena_free(scratch);
    return cut;
}

/* All pairs of an array's values, and what comes of them, or as many as the bound allows. */
TEST(array_functions_look_at_so_many_values_and_no_more)
{
    enum { MOST = SCALAR_MAX_BODIES };
    static Value many[MOST + 1];
    for (uint32_t i = 0; i < ARRAY_LEN(many); i++) {
        many[i] = value_int(i);
    }
    static const struct {
        uint32_t count;
        bool nested;
        uint32_t found;
        bool cut;
    } CASES[] = {
        {0, false, 0, false},          {1, false, 1, false},    {MOST, false, MOST, false},
        {MOST + 1, false, MOST, true}, {255, true, 255, false}, {256, true, 256, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Bench bench = begin();
        const Expr *never =
            build_compare(bench.b, build_variable(bench.b, 0), OP_LESS, value_int(0));
        const Expr *inner = build_compare(bench.b, build_array(bench.b, EXPR_COUNT, "x", never),
                                          OP_EQUAL, value_int(0));
        const Expr *always = build_literal(bench.b, value_bool(true));
        const Expr *count = build_array(bench.b, EXPR_COUNT, "x", CASES[i].nested ? inner : always);
        bool holds = false;
        uint64_t cut =
            cut_of(&bench, build_compare(bench.b, count, OP_EQUAL, value_int(CASES[i].found)),
                   &(Values){many, CASES[i].count}, &holds);
        if (!holds || cut != CASES[i].cut) {
            fail_msg("case %zu: %d, cut %llu", i, holds, (unsigned long long)cut);
        }
        arena_free(bench.arena);
    }
}

TEST(a_variable_is_of_its_own_array_function)
{
    Bench bench = begin();
    PlanBuilder *b = bench.b;
    Value one[] = {text("a"), text("b")};
    Value two[] = {text("a"), text("ab")};
    /* For some x there is a y that begins with it, and is not it. */
    const Expr *begins =
        build_call(b, FUNCTION_STARTS_WITH, build_variable(b, 0), build_variable(b, 1));
    Expr *same = build_expr(b, EXPR_COMPARE, build_variable(b, 0), build_variable(b, 1));
    same->op = OP_EQUAL;
    const Expr *both = build_expr(b, EXPR_AND, begins, build_expr(b, EXPR_NOT, same, NULL));
    const Expr *pair = build_array(b, EXPR_SEARCH, "x", build_array(b, EXPR_SEARCH, "x", both));
    bool holds = true;
    assert_int_equal(cut_of(&bench, pair, &(Values){one, 2}, &holds), 0);
    assert_false(holds);
    arena_free(bench.arena);
    bench = begin();
    b = bench.b;
    begins = build_call(b, FUNCTION_STARTS_WITH, build_variable(b, 0), build_variable(b, 1));
    same = build_expr(b, EXPR_COMPARE, build_variable(b, 0), build_variable(b, 1));
    same->op = OP_EQUAL;
    both = build_expr(b, EXPR_AND, begins, build_expr(b, EXPR_NOT, same, NULL));
    pair = build_array(b, EXPR_SEARCH, "x", build_array(b, EXPR_SEARCH, "x", both));
    assert_int_equal(cut_of(&bench, pair, &(Values){two, 2}, &holds), 0);
    assert_true(holds);
    arena_free(bench.arena);
}

/* What one value makes is gone before the next: each takes 1 MiB, and only 32 are allowed at once. */
TEST(conditions_of_array_functions_take_no_more_room_than_one)
{
    Bench bench = begin();
    char *bytes = calloc(1, (size_t)1 << 20);
    Value values[80];
    for (uint32_t i = 0; i < ARRAY_LEN(values); i++) {
        values[i] = value_string((Str){bytes, ((size_t)1 << 20) - i});
    }
    const Expr *doubled = build_call(bench.b, FUNCTION_CONCAT, build_variable(bench.b, 0),
                                     build_literal(bench.b, text("b")));
    const Expr *length = build_call(bench.b, FUNCTION_LENGTH, doubled, NULL);
    const Expr *count = build_array(bench.b, EXPR_COUNT, "x",
                                    build_compare(bench.b, length, OP_GREATER, value_int(9)));
    bool holds = false;
    assert_int_equal(cut_of(&bench, build_compare(bench.b, count, OP_EQUAL, value_int(80)),
                            &(Values){values, ARRAY_LEN(values)}, &holds),
                     0);
    assert_true(holds);
    free(bytes);
    arena_free(bench.arena);
}

TEST(texts_past_the_bound_are_null_and_counted)
{
    Bench bench = begin();
    /* x doubled to 1 MiB, and until it cannot fit; all that is made on the way counts. */
    const Expr *doubled = build_field(bench.b, "x");
    const Expr *fits = NULL;
    for (size_t len = 1024; len <= SCALAR_MAX_SCRATCH; len *= 2) {
        fits = len == (size_t)1 << 20 ? doubled : fits;
        doubled = build_call(bench.b, FUNCTION_CONCAT, doubled, doubled);
    }
    const struct {
        const Expr *expr;
        char holds;
        uint64_t cut;
    } CASES[] = {
        {build_compare(bench.b, build_call(bench.b, FUNCTION_LENGTH, fits, NULL), OP_GREATER,
                       value_int(0)),
         't', 0},
        {build_compare(bench.b, build_call(bench.b, FUNCTION_LENGTH, doubled, NULL), OP_GREATER,
                       value_int(0)),
         'f', 1},
        {build_expr(bench.b, EXPR_IS_NULL, doubled, NULL), 't', 1},
    };
    char *bytes = calloc(1, 1024);
    Value value = value_string((Str){bytes, 1024});
    Values values = {&value, 1};
    Arena *scratch = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Predicate predicate = {.expr = CASES[i].expr, .fields = &(FieldId){0}, .field_count = 1};
        PlanSet plan = {.predicates = &predicate, .predicate_count = 1};
        ScalarPatterns *patterns = scalar_patterns_new(bench.arena, &plan);
        uint64_t cut = 0;
        bool holds = scalar_holds(patterns, &predicate, &values, scratch, &cut);
        assert_int_equal(holds, CASES[i].holds == 't');
        assert_int_equal(cut, CASES[i].cut);
    }
    free(bytes);
    arena_free(scratch);
    arena_free(bench.arena);
}

TEST(too_many_combinations_are_cut_and_counted)
{
    Bench bench = begin();
    Expr *sum =
        build_expr(bench.b, EXPR_ARITHMETIC, build_field(bench.b, "x"), build_field(bench.b, "y"));
    sum->op = OP_ADD;
    const Predicate *predicate =
        predicate_of(&bench, build_compare(bench.b, sum, OP_EQUAL, value_int(-1)));
    const uint32_t count = SCALAR_MAX_VALUES + 1;
    Value *many = ARENA_MANY(bench.arena, Value, count);
    for (uint32_t i = 0; i < count; i++) {
        many[i] = value_int(i);
    }
    const struct {
        Values values[2];
        bool cut;
    } CASES[] = {
        {{{many, 64}, {many, 64}}, false},
        {{{many, 64}, {many, 65}}, true},
        {{{many, SCALAR_MAX_COMBINATIONS + 1}, {many, 1}}, false}, /* no more than the event has */
        {{{many, 1}, {many, SCALAR_MAX_VALUES}}, false},
        {{{many, 1}, {many, SCALAR_MAX_VALUES + 1}}, true},
        {{{many, 2}, {many, SCALAR_MAX_VALUES}}, true},
    };
    Arena *scratch = arena_new();
    ScalarPatterns *patterns = scalar_patterns_new(bench.arena, plan_builder_finish(bench.b));
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        uint64_t cut = 0;
        assert_false(scalar_holds(patterns, predicate, CASES[i].values, scratch, &cut));
        assert_int_equal(cut, CASES[i].cut);
    }
    arena_free(scratch);
    arena_free(bench.arena);
}

TEST(many_fields_combine_too)
{
    Bench bench = begin();
    Expr *all = build_call(bench.b, FUNCTION_CONCAT, NULL, NULL);
    const Expr **args = ARENA_MANY(bench.arena, const Expr *, 10);
    Values values[10];
    Value letters[] = {text("a"), text("b")};
    for (uint32_t i = 0; i < 10; i++) {
        char name[] = {(char)('k' + (int)i), '\0'};
        args[i] = build_field(bench.b, name);
        values[i] = (Values){letters, 2};
    }
    all->args = args;
    all->arg_count = 10;
    const Predicate *predicate =
        predicate_of(&bench, build_compare(bench.b, all, OP_EQUAL, text("bbbbbbbbba")));
    Arena *scratch = arena_new();
    ScalarPatterns *patterns = scalar_patterns_new(bench.arena, plan_builder_finish(bench.b));
    uint64_t cut = 0;
    assert_true(scalar_holds(patterns, predicate, values, scratch, &cut));
    arena_free(scratch);
    arena_free(bench.arena);
}

RUN_TESTS(CASE(and_or_and_not_know_three_values), CASE(null_in_is_null_out_but_for_is_null),
          CASE(folded_equality_is_of_texts), CASE(lists_take_any_item),
          CASE(index_patterns_hold_of_events_without_an_index),
          CASE(some_combination_of_values_is_enough),
          CASE(a_field_has_one_value_wherever_it_is_named),
          CASE(array_functions_look_at_so_many_values_and_no_more),
          CASE(a_variable_is_of_its_own_array_function),
          CASE(conditions_of_array_functions_take_no_more_room_than_one),
          CASE(texts_past_the_bound_are_null_and_counted),
          CASE(too_many_combinations_are_cut_and_counted), CASE(many_fields_combine_too))
