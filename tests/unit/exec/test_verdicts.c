#include "unit.h"

#include "exec/verdicts.h"
#include "plan/expr_build.h"

typedef struct Bench {
    Arena *arena;
    PlanBuilder *b;
    const Expr *n;
    const PlanSet *plan;
    PredicateIndex *index;
    PredicateJudge *judge;
    Verdicts *verdicts;
    Dictionary *dictionary;
} Bench;

/* n >= 0, n >= 1, ... */
static Bench begin(int64_t predicates)
{
    Bench bench = {.arena = arena_new()};
    bench.b = plan_builder_new(bench.arena, schema_builtin(bench.arena));
    bench.n = build_field(bench.b, "n");
    for (int64_t i = 0; i < predicates; i++) {
        plan_builder_predicate(bench.b,
                               build_compare(bench.b, bench.n, OP_GREATER_EQUAL, value_int(i)));
    }
    plan_builder_predicate(bench.b, build_expr(bench.b, EXPR_IS_NULL, bench.n, NULL));
    bench.plan = plan_builder_finish(bench.b);
    uint32_t count = bench.plan->predicate_count;
    PredicateId *ids = ARENA_MANY(bench.arena, PredicateId, count);
    for (uint32_t i = 0; i < count; i++) {
        ids[i] = i;
    }
    uint64_t work = PREDICATE_INDEX_WORK;
    bench.index = predicate_index_new(
        bench.arena, bench.plan, scalar_patterns_new(bench.arena, bench.plan), ids, count, &work);
    bench.judge = predicate_judge_new();
    predicate_judge_fit(bench.judge, bench.index);
    bench.verdicts = verdicts_new(bench.index);
    bench.dictionary = dictionary_new(field_table_get(bench.plan->fields, bench.n->field));
    return bench;
}

static void end(Bench *bench)
{
    dictionary_free(bench->dictionary);
    verdicts_free(bench->verdicts);
    predicate_judge_free(bench->judge);
    arena_free(bench->arena);
}

static uint64_t judge(Bench *bench, const uint32_t *codes, uint32_t rows)
{
    uint64_t cut = 0;
    VerdictRows all = {.codes = codes, .rows = rows};
    assert_true(verdicts_note(bench->verdicts, bench->dictionary, &all, VERDICT_NO_LIMIT));
    return verdicts_judge(bench->verdicts, bench->judge, bench->dictionary, &cut);
}

static uint32_t set_of(const Bench *bench, uint32_t code)
{
    return verdicts_sets(bench->verdicts)[code];
}

static uint32_t size_of(const Bench *bench, uint32_t code)
{
    return verdicts_predicates(bench->verdicts, set_of(bench, code)).count;
}

TEST(values_of_which_the_same_holds_share_a_set)
{
    Bench bench = begin(3);
    uint32_t codes[] = {
        dictionary_code(bench.dictionary, STR("1")),
        dictionary_code(bench.dictionary, STR("1.5")),
        dictionary_code(bench.dictionary, STR("[0,1]")),
        dictionary_code(bench.dictionary, STR("-1")),
        dictionary_code(bench.dictionary, STR("2")),
        dictionary_code(bench.dictionary, STR("[]")),
        0,
        0,
    };
    assert_int_equal(judge(&bench, codes, ARRAY_LEN(codes)), 7);
    assert_int_equal(size_of(&bench, codes[0]), 2);
    assert_int_equal(set_of(&bench, codes[1]), set_of(&bench, codes[0]));
    assert_int_equal(set_of(&bench, codes[2]), set_of(&bench, codes[0]));
    assert_int_equal(set_of(&bench, codes[3]), 0);
    assert_int_equal(size_of(&bench, codes[4]), 3);
    assert_int_equal(set_of(&bench, codes[5]), verdicts_missing_set(bench.verdicts));
    assert_int_equal(set_of(&bench, 0), verdicts_missing_set(bench.verdicts));
    assert_int_equal(size_of(&bench, 0), 1);
    end(&bench);
}

TEST(only_what_a_batch_holds_is_judged_and_only_once)
{
    Bench bench = begin(3);
    uint32_t one = dictionary_code(bench.dictionary, STR("1"));
    uint32_t two = dictionary_code(bench.dictionary, STR("2"));
    assert_int_equal(judge(&bench, (uint32_t[]){two, two}, 2), 1);
    assert_int_equal(judge(&bench, (uint32_t[]){two, one}, 2), 1);
    assert_int_equal(judge(&bench, (uint32_t[]){two, one}, 2), 0);
    dictionary_reset(bench.dictionary);
    uint32_t first = dictionary_code(bench.dictionary, STR("-7"));
    assert_int_equal(first, one); /* a code means nothing without its epoch */
    assert_int_equal(judge(&bench, &first, 1), 1);
    assert_int_equal(set_of(&bench, first), 0);
    end(&bench);
}

TEST(what_reaches_the_limit_is_not_noted)
{
    Bench bench = begin(3);
    uint32_t codes[] = {dictionary_code(bench.dictionary, STR("1")),
                        dictionary_code(bench.dictionary, STR("1")),
                        dictionary_code(bench.dictionary, STR("22"))};
    VerdictRows all = {.codes = codes, .rows = ARRAY_LEN(codes)};
    struct {
        VerdictLimit limit;
        bool noted;
    } cases[] = {
        {{1, 100}, false}, {{2, 100}, false}, {{100, 1}, false}, {{100, 3}, false}, {{3, 4}, true},
    };
    uint64_t cut = 0;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool noted = verdicts_note(bench.verdicts, bench.dictionary, &all, cases[i].limit);
        assert_int_equal(noted, cases[i].noted);
        uint64_t judged = verdicts_judge(bench.verdicts, bench.judge, bench.dictionary, &cut);
        assert_int_equal(judged, noted ? 2 : 0);
    }
    assert_int_equal(size_of(&bench, codes[0]), 2);
    assert_true(verdicts_note(bench.verdicts, bench.dictionary, &all, (VerdictLimit){1, 1}));
    end(&bench);
}

TEST(sets_that_take_too_much_are_forgotten)
{
    uint32_t many = 3000;
    Bench bench = begin(many);
    uint32_t *codes = ARENA_MANY(bench.arena, uint32_t, many);
    for (uint32_t i = 0; i < many; i++) {
        codes[i] = dictionary_code(bench.dictionary, str_format(bench.arena, "%u", i));
    }
    assert_int_equal(judge(&bench, codes, many), many);
    assert_true(verdicts_set_count(bench.verdicts) > many);
    assert_int_equal(judge(&bench, &codes[9], 1), 1); /* again, in a new table */
    assert_true(verdicts_set_count(bench.verdicts) < 5);
    assert_int_equal(size_of(&bench, codes[9]), 10);
    end(&bench);
}

RUN_TESTS(CASE(values_of_which_the_same_holds_share_a_set),
          CASE(only_what_a_batch_holds_is_judged_and_only_once),
          CASE(what_reaches_the_limit_is_not_noted), CASE(sets_that_take_too_much_are_forgotten))
