#include "compile_bench.h"

#define DEFAULTS                 \
    {                            \
        .index_pattern_count = 0 \
    }

typedef struct PlanCase {
    const char *query;
    EqlCompileOptions options;
    const char *wanted;
} PlanCase;

static void check(const PlanCase *cases, size_t count)
{
    CompileBench bench = bench_new(false);
    for (size_t i = 0; i < count; i++) {
        bench.options = cases[i].options;
        bool taken = bench_compile(&bench, str_from_c(cases[i].query));
        assert_text(bench.said, "", cases[i].query);
        assert_true(taken);
        assert_text(bench.plan, cases[i].wanted, cases[i].query);
    }
    bench_done(&bench);
}

TEST(the_category_is_a_leaf_like_any_other)
{
    static const PlanCase CASES[] = {
        {"process where true", DEFAULTS,
         "event\n"
         "  [equal] event.category == \"process\"\n"
         "  reads\n"
         "    event.category: keyword\n"
         "    @timestamp: date\n"},
        {"\"my kind\" where false",
         {.event_category_field = STR_INIT("own.kind"), .timestamp_field = STR_INIT("own.time")},
         "event\n"
         "  never\n"
         "  reads\n"
         "    own.time: any type\n"},
        {"Process where own.kind == \"Process\"",
         {.event_category_field = STR_INIT("own.kind"), .tiebreaker_field = STR_INIT("own.number")},
         "event\n"
         "  [equal] own.kind == \"Process\"\n"
         "  reads\n"
         "    own.kind: any type\n"
         "    @timestamp: date\n"
         "    own.number: any type\n"},
        {"any where a == 1 | head 5 | tail 0", DEFAULTS,
         "event\n"
         "  [equal] a == 1\n"
         "  head 5\n"
         "  tail 0\n"
         "  reads\n"
         "    a: any type\n"
         "    @timestamp: date\n"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(index_patterns_are_a_leaf_unless_they_take_all)
{
    static const Str LOGS[] = {STR_INIT("winlogbeat-*"), STR_INIT("logs-*"), STR_INIT("-logs-a*")};
    static const Str ALL[] = {STR_INIT("logs-*"), STR_INIT("*")};
    static const Str ALL_BUT[] = {STR_INIT("*"), STR_INIT("-logs-*")};
    static const PlanCase CASES[] = {
        {"any where true",
         {.index_patterns = LOGS, .index_pattern_count = 3},
         "event\n"
         "  [value] _index matches (\"-logs-a*\", \"logs-*\", \"winlogbeat-*\")\n"
         "  reads\n"
         "    _index: any type\n"
         "    @timestamp: date\n"},
        {"any where true",
         {.index_patterns = ALL, .index_pattern_count = 2},
         "event\n"
         "  always\n"
         "  reads\n"
         "    @timestamp: date\n"},
        {"any where true",
         {.index_patterns = ALL_BUT, .index_pattern_count = 2},
         "event\n"
         "  [value] _index matches (\"*\", \"-logs-*\")\n"
         "  reads\n"
         "    _index: any type\n"
         "    @timestamp: date\n"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(sequences_have_keys_runs_span_and_until)
{
    static const PlanCase CASES[] = {
        {"sequence by host.id, ?user.id with maxspan=90s\n"
         "  [process where a == 1] by b\n"
         "  [file where c == 2] by d with runs=2\n"
         "  [process where a == 1] by ?b\n"
         "until [any where true] by e\n"
         "| tail 3",
         DEFAULTS,
         "sequence with maxspan=90s\n"
         "  stage 1 by host.id, ?user.id, b\n"
         "    and\n"
         "      [equal] event.category == \"process\"\n"
         "      [equal] a == 1\n"
         "  stages 2 to 3 by host.id, ?user.id, d\n"
         "    and\n"
         "      [equal] event.category == \"file\"\n"
         "      [equal] c == 2\n"
         "  stage 4 by host.id, ?user.id, ?b\n"
         "    and\n"
         "      [equal] event.category == \"process\"\n"
         "      [equal] a == 1\n"
         "  until by host.id, ?user.id, e\n"
         "    always\n"
         "  tail 3\n"
         "  reads\n"
         "    event.category: keyword\n"
         "    a: any type\n"
         "    host.id: keyword\n"
         "    user.id: keyword\n"
         "    b: any type\n"
         "    c: any type\n"
         "    d: any type\n"
         "    e: any type\n"
         "    @timestamp: date\n"},
        {"sequence [any where a == 1] with runs=100", DEFAULTS,
         "sequence\n"
         "  stages 1 to 100\n"
         "    [equal] a == 1\n"
         "  reads\n"
         "    a: any type\n"
         "    @timestamp: date\n"},
        {"sequence with maxspan=1500ms [any where a == 1] [any where a == 2]", DEFAULTS,
         "sequence with maxspan=1500ms\n"
         "  stage 1\n"
         "    [equal] a == 1\n"
         "  stage 2\n"
         "    [equal] a == 2\n"
         "  reads\n"
         "    a: any type\n"
         "    @timestamp: date\n"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(fields_know_how_they_are_used)
{
    Arena *arena = arena_new();
    PlanBuilder *builder = plan_builder_new(arena, schema_builtin(arena));
    Diagnostics diagnostics = {.arena = arena};
    Str text = STR("sequence by k [process where c == 1] [any where true]");
    EqlCompileOptions options = {.tiebreaker_field = STR("t")};
    uint32_t id = 0;
    assert_true(
        eql_compile(builder, eql_parse(arena, text, &diagnostics), &options, &diagnostics, &id));
    static const struct {
        Str path;
        uint32_t uses;
    } WANTED[] = {{STR_INIT("k"), FIELD_USE_VALUE},
                  {STR_INIT("c"), FIELD_USE_VALUE},
                  {STR_INIT("event.category"), FIELD_USE_VALUE},
                  {STR_INIT("t"), FIELD_USE_SPAN},
                  {STR_INIT("@timestamp"), FIELD_USE_SPAN}};
    const PlanSet *plan = plan_builder_finish(builder);
    assert_int_equal(field_table_count(plan->fields), ARRAY_LEN(WANTED));
    for (size_t i = 0; i < ARRAY_LEN(WANTED); i++) {
        FieldId field = 0;
        assert_true(field_table_find(plan->fields, WANTED[i].path, &field));
        assert_int_equal(field_table_get(plan->fields, field)->uses, WANTED[i].uses);
    }
    arena_free(arena);
}

TEST(queries_share_what_is_equal)
{
    static const Str QUERIES[] = {
        STR_INIT("process where process.name : (\"a\", \"b\") and not process.pid == 4"),
        STR_INIT("process where process.pid != 4 and process.name in~ (\"B\", \"A\", \"b\")"),
        STR_INIT("sequence [process where process.name : (\"a\", \"b\") and not process.pid == 4] "
                 "[process where (process.name like~ (\"b\", \"A\")) == true]"),
    };
    Arena *arena = arena_new();
    PlanBuilder *builder = plan_builder_new(arena, schema_builtin(arena));
    Diagnostics diagnostics = {.arena = arena};
    EqlCompileOptions options = DEFAULTS;
    for (size_t i = 0; i < ARRAY_LEN(QUERIES); i++) {
        uint32_t id = 0;
        assert_true(eql_compile(builder, eql_parse(arena, QUERIES[i], &diagnostics), &options,
                                &diagnostics, &id));
        assert_int_equal(id, i);
    }
    const PlanSet *plan = plan_builder_finish(builder);
    assert_int_equal(plan->predicate_count, 3);
    assert_int_equal(plan->queries[0].stages[0].node, plan->queries[1].stages[0].node);
    assert_int_equal(plan->queries[0].stages[0].node, plan->queries[2].stages[0].node);
    arena_free(arena);
}

TEST(a_refused_query_leaves_no_query)
{
    CompileBench bench = bench_new(false);
    assert_false(bench_compile(&bench, STR("any where a == 1 and foo()")));
    assert_true(bench_compile(&bench, STR("any where a == 1")));
    bench_done(&bench);
}

TEST(the_hash_tells_whether_a_query_means_another_thing)
{
    static const struct {
        const char *a, *b;
        bool same;
    } CASES[] = {
        {"any where a == 1", "any   where /* now */ (1 == a)", true},
        {"any where a in (\"x\", \"y\")", "any where a in (\"y\", \"x\", \"x\")", true},
        {"any where a : \"X\"", "any where a : \"x\"", true},
        {"any where a == 1 and b == 2", "any where b == 2 and a == 1", true},
        {"any where a == \"X\"", "any where a == \"x\"", false},
        {"any where a == 1 or b == 2", "any where b == 2 and a == 1", false},
        {"any where a == 1", "process where a == 1", false},
        {"any where a == 1", "any where a == 1 | head 1", false},
        {"sequence by a [any where b] [any where c]", "sequence by a [any where c] [any where b]",
         false},
        {"sequence by a [any where b] [any where c]",
         "sequence [any where b] by a [any where c] by a", true},
        {"sequence by a [any where b] [any where c]", "sequence by ?a [any where b] [any where c]",
         false},
        {"sequence [any where b] [any where b]", "sequence [any where b] with runs=2", true},
    };
    CompileBench bench = bench_new(false);
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        char first[33];
        assert_true(bench_compile(&bench, str_from_c(CASES[i].a)));
        memcpy(first, bench.hash, sizeof first);
        assert_true(bench_compile(&bench, str_from_c(CASES[i].b)));
        assert_int_equal(strcmp(first, bench.hash) == 0, CASES[i].same);
    }
    bench_done(&bench);
}

RUN_TESTS(CASE(the_category_is_a_leaf_like_any_other),
          CASE(index_patterns_are_a_leaf_unless_they_take_all),
          CASE(sequences_have_keys_runs_span_and_until), CASE(fields_know_how_they_are_used),
          CASE(queries_share_what_is_equal), CASE(a_refused_query_leaves_no_query),
          CASE(the_hash_tells_whether_a_query_means_another_thing))
