#include "unit.h"

#include "exec/predicate_index.h"
#include "plan/explain.h"
#include "plan/expr_build.h"

/* A plan of many predicates over "x", and values of every kind; each predicate that the index says holds of a
 * value must be one that scalar_holds says holds, and no other. */
typedef struct Bench {
    Arena *arena;
    PlanBuilder *b;
    const Expr *x;
} Bench;

static Bench begin(void)
{
    Bench bench = {.arena = arena_new()};
    bench.b = plan_builder_new(bench.arena, schema_builtin(bench.arena));
    bench.x = build_field(bench.b, "x");
    return bench;
}

static Value text(const char *c)
{
    return value_string(str_from_c(c));
}

static void add(Bench *bench, const Expr *expr, Lookup lookup)
{
    FieldId x = bench->x->field;
    Predicate predicate = {.expr = expr, .fields = &x, .field_count = 1};
    assert_int_equal(predicate_lookup(&predicate), lookup);
    plan_builder_predicate(bench->b, expr);
}

static void add_list(Bench *bench, ExprKind kind, bool fold, Value item, Lookup lookup)
{
    Value *items = ARENA_NEW(bench->arena, Value);
    *items = item;
    add(bench, build_list(bench->b, kind, bench->x, fold, items, 1), lookup);
}

static void add_as(Bench *bench, CompareAs as, ExprOp op, const char *literal, Lookup lookup)
{
    Expr *compare = build_compare(bench->b, bench->x, op, text(literal));
    compare->as = as;
    add(bench, compare, lookup);
}

static void add_function(Bench *bench, FunctionId function, bool fold, const char *literal,
                         Lookup lookup)
{
    Expr *call = build_call(bench->b, function, bench->x, build_literal(bench->b, text(literal)));
    call->fold = fold;
    add(bench, call, lookup);
}

static void add_all(Bench *bench)
{
    static const char *const LIKE[] = {
        "abc", "ABC", "abc*", "*abc", "*abc*", "a*",      "*c",         "*b*",
        "*",   "?",   "*?*",  "a?c",  "ab*ef", "*a?c*f*", "c:\\\\win*", "*\xc3\x89*",
        "5*",  "tr*", "-e*",  "*;*",  "?:\\*", "*ef"};
    static const char *const REGEX[] = {"abc.*", "[a-c]+", ".*def.*",
                                        "a.*|5", "\\w+",   "(x|y)?bc.*"};
    static const char *const BLOCKS[] = {"10.0.0.0/8", "10.1.2.3", "::/0", "fe80::/10",
                                         "0.0.0.0/0"};
    for (int fold = 0; fold <= 1; fold++) {
        for (size_t i = 0; i < ARRAY_LEN(LIKE); i++) {
            add_list(bench, EXPR_LIKE, fold, text(LIKE[i]), LOOKUP_PATTERN);
        }
        for (size_t i = 0; i < ARRAY_LEN(REGEX); i++) {
            add_list(bench, EXPR_REGEX, fold, text(REGEX[i]), LOOKUP_REGEX);
        }
        add_function(bench, FUNCTION_STARTS_WITH, fold, "ABc", LOOKUP_PATTERN);
        add_function(bench, FUNCTION_ENDS_WITH, fold, "F", LOOKUP_PATTERN);
        add_function(bench, FUNCTION_STRING_CONTAINS, fold, "bCd", LOOKUP_PATTERN);
        add_function(bench, FUNCTION_STRING_CONTAINS, fold, "", LOOKUP_VALUE);
    }
    for (size_t i = 0; i < ARRAY_LEN(BLOCKS); i++) {
        add_as(bench, COMPARE_AS_IP, OP_EQUAL, BLOCKS[i], LOOKUP_CIDR);
        add_function(bench, FUNCTION_CIDR_MATCH, false, BLOCKS[i], LOOKUP_CIDR);
    }
    static const char *const TEXTS[] = {"abc", "5", "5.0", "true", "1970-01-01T00:00:00.005Z", ""};
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        add(bench, build_compare(bench->b, bench->x, OP_EQUAL, text(TEXTS[i])), LOOKUP_EQUAL);
        add_list(bench, EXPR_IN, true, text(TEXTS[i]), LOOKUP_FOLDED);
        add(bench, build_compare(bench->b, bench->x, OP_LESS, text(TEXTS[i])), LOOKUP_VALUE);
    }
    Value scalars[] = {value_int(5),        value_double(5.5),    value_bool(true),
                       value_date(5000000), value_int(INT64_MAX), value_double(0x1p63),
                       value_double(-0.0)};
    for (size_t i = 0; i < ARRAY_LEN(scalars); i++) {
        add(bench, build_compare(bench->b, bench->x, OP_EQUAL, scalars[i]), LOOKUP_EQUAL);
        if (scalars[i].kind != VALUE_BOOL) {
            add(bench, build_compare(bench->b, bench->x, OP_GREATER_EQUAL, scalars[i]),
                LOOKUP_RANGE);
        }
    }
    add_as(bench, COMPARE_AS_VERSION, OP_GREATER, "1.2.3", LOOKUP_VALUE);
    add(bench, build_expr(bench->b, EXPR_IS_NULL, bench->x, NULL), LOOKUP_EXISTS);
    add(bench,
        build_compare(bench->b, build_call(bench->b, FUNCTION_LENGTH, bench->x, NULL), OP_EQUAL,
                      value_int(3)),
        LOOKUP_VALUE);
}

static const Value VALUES[] = {
    {.kind = VALUE_STRING, .text = STR_INIT("abc")},
    {.kind = VALUE_STRING, .text = STR_INIT("ABC")},
    {.kind = VALUE_STRING, .text = STR_INIT("")},
    {.kind = VALUE_STRING, .text = STR_INIT("a")},
    {.kind = VALUE_STRING, .text = STR_INIT("C")},
    {.kind = VALUE_STRING, .text = STR_INIT("xabcdef")},
    {.kind = VALUE_STRING, .text = STR_INIT("abcdef;F")},
    {.kind = VALUE_STRING, .text = STR_INIT("C:\\Windows")},
    {.kind = VALUE_STRING, .text = STR_INIT("x\xc3\xa9y\xc3\x89")},
    {.kind = VALUE_STRING, .text = STR_INIT("-enc")},
    {.kind = VALUE_STRING, .text = STR_INIT("5")},
    {.kind = VALUE_STRING, .text = STR_INIT("5.0")},
    {.kind = VALUE_STRING, .text = STR_INIT("9223372036854775807")},
    {.kind = VALUE_STRING, .text = STR_INIT("true")},
    {.kind = VALUE_STRING, .text = STR_INIT("TRUE")},
    {.kind = VALUE_STRING, .text = STR_INIT("1970-01-01T00:00:00.005Z")},
    {.kind = VALUE_STRING, .text = STR_INIT("10.1.2.3")},
    {.kind = VALUE_STRING, .text = STR_INIT("::ffff:10.1.2.3")},
    {.kind = VALUE_STRING, .text = STR_INIT("fe80::1")},
    {.kind = VALUE_STRING, .text = STR_INIT("1.10")},
    {.kind = VALUE_INT, .integer = 5},
    {.kind = VALUE_INT, .integer = 0},
    {.kind = VALUE_INT, .integer = INT64_MAX},
    {.kind = VALUE_DOUBLE, .number = 5.0},
    {.kind = VALUE_DOUBLE, .number = 5.5},
    {.kind = VALUE_DOUBLE, .number = 0x1p63},
    {.kind = VALUE_DOUBLE, .number = -0.0},
    {.kind = VALUE_BOOL, .boolean = true},
    {.kind = VALUE_BOOL, .boolean = false},
    {.kind = VALUE_DATE, .integer = 5000000},
    {.kind = VALUE_DATE, .integer = 0},
};

typedef struct Judged {
    const PlanSet *plan;
    ScalarPatterns *patterns;
    PredicateIndex *index;
    PredicateJudge *judge;
} Judged;

static Judged build(Bench *bench)
{
    Judged judged = {.plan = plan_builder_finish(bench->b)};
    judged.patterns = scalar_patterns_new(bench->arena, judged.plan);
    PredicateId *ids = ARENA_MANY(bench->arena, PredicateId, judged.plan->predicate_count);
    for (uint32_t i = 0; i < judged.plan->predicate_count; i++) {
        ids[i] = i;
    }
    uint64_t work = PREDICATE_INDEX_WORK;
    judged.index = predicate_index_new(bench->arena, judged.plan, judged.patterns, ids,
                                       judged.plan->predicate_count, &work);
    judged.judge = predicate_judge_new();
    predicate_judge_fit(judged.judge, judged.index);
    return judged;
}

static void end(Bench *bench, Judged *judged)
{
    predicate_judge_free(judged->judge);
    arena_free(bench->arena);
}

static void check(Bench *bench, Judged *judged, const Values *values, uint32_t count)
{
    uint64_t cut = 0;
    size_t hit_count = 0;
    const PredicateHit *hits =
        predicate_judge_values(judged->judge, judged->index, values, count, &hit_count, &cut);
    uint32_t predicates = judged->plan->predicate_count;
    bool *found = ARENA_MANY(bench->arena, bool, (size_t)count *predicates);
    for (size_t i = 0; i < hit_count; i++) {
        found[hits[i].value * predicates + hits[i].predicate] = true;
    }
    Arena *scratch = arena_new();
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t p = 0; p < predicates && values[i].count > 0; p++) {
            const Predicate *predicate = &judged->plan->predicates[p];
            bool holds = scalar_holds(judged->patterns, predicate, &values[i], scratch, &cut);
            if (holds != found[i * predicates + p]) {
                Buffer said = {0};
                explain_expr(&said, judged->plan, predicate->expr);
                fail_msg("value %u: %.*s: %d", i, (int)said.len, said.ptr, !holds);
            }
        }
    }
    arena_free(scratch);
}

TEST(index_and_single_tests_agree_on_every_kind_of_predicate_and_value)
{
    Bench bench = begin();
    add_all(&bench);
    Judged judged = build(&bench);
    Values values[ARRAY_LEN(VALUES)];
    Value *copies = ARENA_MANY(bench.arena, Value, ARRAY_LEN(VALUES));
    memcpy(copies, VALUES, sizeof VALUES);
    for (size_t i = 0; i < ARRAY_LEN(VALUES); i++) {
        values[i] = (Values){&copies[i], 1};
    }
    check(&bench, &judged, values, ARRAY_LEN(VALUES)); /* all at once */
    for (size_t i = 0; i < ARRAY_LEN(VALUES); i++) {   /* and each alone */
        check(&bench, &judged, &values[i], 1);
    }
    end(&bench, &judged);
}

TEST(an_array_has_what_any_of_its_values_has)
{
    Bench bench = begin();
    add_all(&bench);
    Judged judged = build(&bench);
    Value *copies = ARENA_MANY(bench.arena, Value, ARRAY_LEN(VALUES));
    memcpy(copies, VALUES, sizeof VALUES);
    Values values[ARRAY_LEN(VALUES)];
    for (uint32_t i = 0; i < ARRAY_LEN(VALUES); i++) {
        values[i] = (Values){copies + i, i % 3 == 0 ? 0 : (uint32_t)ARRAY_LEN(VALUES) - i};
    }
    check(&bench, &judged, values, ARRAY_LEN(VALUES));
    end(&bench, &judged);
}

TEST(predicates_of_a_missing_field_are_known)
{
    Bench bench = begin();
    add_all(&bench);
    Judged judged = build(&bench);
    uint32_t count = 0;
    const PredicateId *missing = predicate_index_missing(judged.index, &count);
    assert_int_equal(count, 1);
    assert_int_equal(judged.plan->predicates[missing[0]].expr->kind, EXPR_IS_NULL);
    end(&bench, &judged);
}

TEST(texts_longer_than_one_scan_are_searched_to_their_end)
{
    Bench bench = begin();
    add_list(&bench, EXPR_LIKE, true, text("*needle*"), LOOKUP_PATTERN);
    add_list(&bench, EXPR_LIKE, true, text("*;*"), LOOKUP_PATTERN);
    Judged judged = build(&bench);
    size_t size = (size_t)300 * 1000;
    char *hay = ARENA_MANY(bench.arena, char, size);
    memset(hay, 'n', size);
    memcpy(hay + size - 7, "NEEDLE;", 7);
    Value items[] = {value_string((Str){hay, size}), text("needl"), text("e"), text("needle")};
    Values values[] = {
        {&items[0], 1}, {&items[1], 1}, {&items[2], 1}, {&items[3], 1}, {&items[0], 1}};
    check(&bench, &judged, values, ARRAY_LEN(values));
    end(&bench, &judged);
}

TEST(arrays_longer_than_the_bound_are_cut_and_counted)
{
    Bench bench = begin();
    add(&bench, build_compare(bench.b, bench.x, OP_EQUAL, value_int(SCALAR_MAX_VALUES)),
        LOOKUP_EQUAL);
    Judged judged = build(&bench);
    uint32_t count = SCALAR_MAX_VALUES + 1;
    Value *items = ARENA_MANY(bench.arena, Value, count);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = value_int(i);
    }
    Values values[] = {{items, count}, {items + 1, count - 1}};
    uint64_t cut = 0;
    size_t hits = 0;
    predicate_judge_values(judged.judge, judged.index, values, 1, &hits, &cut);
    assert_int_equal(hits, 0);
    assert_int_equal(cut, 1);
    predicate_judge_values(judged.judge, judged.index, values + 1, 1, &hits, &cut);
    assert_int_equal(hits, 1);
    assert_int_equal(cut, 1);
    end(&bench, &judged);
}

RUN_TESTS(CASE(index_and_single_tests_agree_on_every_kind_of_predicate_and_value),
          CASE(an_array_has_what_any_of_its_values_has),
          CASE(predicates_of_a_missing_field_are_known),
          CASE(texts_longer_than_one_scan_are_searched_to_their_end),
          CASE(arrays_longer_than_the_bound_are_cut_and_counted))
