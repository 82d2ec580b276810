#include "unit.h"

#include "base/buffer.h"
#include "plan/explain.h"
#include "plan/expr_build.h"

static Value text(const char *c)
{
    return value_string(str_from_c(c));
}

static void assert_printed(const PlanSet *plan, const Expr *expr, const char *wanted)
{
    Buffer out = {0};
    explain_expr(&out, plan, expr);
    buffer_append_byte(&out, '\0');
    assert_string_equal(out.ptr, wanted);
    buffer_done(&out);
}

TEST(expressions_read_like_eql)
{
    Arena *arena = arena_new();
    PlanBuilder *b = plan_builder_new(arena, schema_builtin(arena));
    const Expr *x = build_field(b, "process.name");
    const Expr *odd = build_field(b, "my field`s");
    const Expr *digit = build_field(b, "a.1b");
    Value two[] = {text("a\"b\\"), value_int(-5)};
    Expr *sum = build_expr(b, EXPR_ARITHMETIC, x, build_literal(b, value_int(1)));
    sum->op = OP_ADD;
    Expr *call = build_call(b, FUNCTION_STARTS_WITH, x, build_literal(b, text("p")));
    call->fold = true;
    struct {
        const Expr *expr;
        const char *wanted;
    } cases[] = {
        {x, "process.name"},
        {odd, "`my field``s`"},
        {build_array(b, EXPR_SEARCH, "a.b",
                     build_array(b, EXPR_SEARCH, "c d",
                                 build_call(b, FUNCTION_STARTS_WITH, build_variable(b, 1),
                                            build_variable(b, 0)))),
         "arraySearch(a.b, $1, arraySearch(`c d`, $2, startsWith($1, $2)))"},
        {build_compare(b, build_array(b, EXPR_COUNT, "a", build_literal(b, value_bool(true))),
                       OP_LESS, value_int(2)),
         "arrayCount(a, $1, true) < 2"},
        {digit, "`a.1b`"},
        {build_field(b, "@timestamp"), "@timestamp"},
        {build_literal(b, text("\n\t\x01\x7f\xc3\xa4")), "\"\\n\\t\\u{01}\\u{7f}\xc3\xa4\""},
        {build_literal(b, value_double(0.1)), "0.1"},
        {build_literal(b, value_double(3)), "3.0"},
        {build_literal(b, value_double(1e300)), "1e+300"},
        {build_literal(b, value_double(1.0 / 3)), "0.3333333333333333"},
        {build_literal(b, value_bool(false)), "false"},
        {build_literal(b, value_null()), "null"},
        {build_literal(b, value_date(1500000)), "\"1970-01-01T00:00:00.001500Z\""},
        {build_expr(b, EXPR_IS_NULL, x, NULL), "process.name == null"},
        {build_compare(b, x, OP_GREATER_EQUAL, value_int(3)), "process.name >= 3"},
        {build_list(b, EXPR_IN, x, false, two, 2), "process.name in (\"a\\\"b\\\\\", -5)"},
        {build_list(b, EXPR_LIKE, x, true, two, 1), "process.name like~ (\"a\\\"b\\\\\")"},
        {build_list(b, EXPR_REGEX, x, false, two, 1), "process.name regex (\"a\\\"b\\\\\")"},
        {call, "startsWith~(process.name, \"p\")"},
        {build_compare(b, sum, OP_LESS, value_int(3)), "(process.name + 1) < 3"},
        {build_expr(b, EXPR_NEGATE, sum, NULL), "-(process.name + 1)"},
        {build_expr(b, EXPR_NOT, call, NULL), "not startsWith~(process.name, \"p\")"},
        {build_expr(b, EXPR_AND, call, build_expr(b, EXPR_IS_NULL, x, NULL)),
         "startsWith~(process.name, \"p\") and (process.name == null)"},
    };
    const PlanSet *plan = plan_builder_finish(b);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_printed(plan, cases[i].expr, cases[i].wanted);
    }
    arena_free(arena);
}

TEST(a_sequence_shows_stages_keys_and_fields_once)
{
    Arena *arena = arena_new();
    PlanBuilder *b = plan_builder_new(arena, schema_builtin(arena));
    NodeId start = build_equal(b, "process.name", "a");
    NodeId never = plan_builder_not(b, build_equal(b, "own.name", "b"));
    FieldTable *fields = plan_builder_fields(b);
    const Expr *length = build_call(b, FUNCTION_LENGTH, build_field(b, "user.name"), NULL);
    JoinKey keys[] = {plan_builder_key(b, build_field(b, "host.id"), false),
                      plan_builder_key(b, build_field(b, "process.pid"), true),
                      plan_builder_key(b, length, true)};
    JoinKey again[] = {keys[0], keys[1], plan_builder_key(b, length, true)};
    Stage stages[] = {{.node = start, .keys = keys},
                      {.node = never, .keys = keys},
                      {.node = never, .keys = again},
                      {.node = plan_builder_constant(b, true), .keys = keys, .missing = true}};
    Stage until = {.node = plan_builder_constant(b, false), .keys = keys};
    Pipe pipes[] = {{.kind = PIPE_TAIL, .count = 5}, {.count = 1}};
    QueryPlan query = {.kind = QUERY_SEQUENCE,
                       .stages = stages,
                       .stage_count = 4,
                       .key_count = 3,
                       .until = &until,
                       .maxspan_ns = 90000000000,
                       .matches = SEQUENCE_ALL,
                       .timestamp = field_table_add(fields, STR("@timestamp"), FIELD_USE_SPAN),
                       .tiebreaker = field_table_add(fields, STR("event.sequence"), FIELD_USE_SPAN),
                       .pipes = pipes,
                       .pipe_count = 2};
    uint32_t id = plan_builder_add_query(b, &query);
    Buffer out = {0};
    explain_query(&out, plan_builder_finish(b), id);
    buffer_append_byte(&out, '\0');
    assert_string_equal(out.ptr, "sequence with maxspan=90s, all matches\n"
                                 "  stage 1 by host.id, ?process.pid, ?length(user.name)\n"
                                 "    [equal] process.name == \"a\"\n"
                                 "  stages 2 to 3 by host.id, ?process.pid, ?length(user.name)\n"
                                 "    not\n"
                                 "      [equal] own.name == \"b\"\n"
                                 "  stage 4 missing by host.id, ?process.pid, ?length(user.name)\n"
                                 "    always\n"
                                 "  until by host.id, ?process.pid, ?length(user.name)\n"
                                 "    never\n"
                                 "  tail 5\n"
                                 "  head 1\n"
                                 "  reads\n"
                                 "    process.name: keyword\n"
                                 "    host.id: keyword\n"
                                 "    process.pid: long\n"
                                 "    user.name: keyword\n"
                                 "    own.name: any type\n"
                                 "    @timestamp: date\n"
                                 "    event.sequence: long\n");
    buffer_done(&out);
    arena_free(arena);
}

TEST(pipes_are_read_aloud)
{
    Arena *arena = arena_new();
    PlanBuilder *b = plan_builder_new(arena, schema_builtin(arena));
    PlanBuilder *pipes = plan_builder_pipes(b);
    FieldTable *fields = plan_builder_fields(b);
    FieldId name = field_table_add(fields, STR("process.name"), FIELD_USE_SPAN);
    FieldId pid = field_table_add(fields, STR("odd pid"), FIELD_USE_SPAN);
    PipeField asked[] = {{.kind = PIPE_FIELD_OF_FIRST, .field = name},
                         {.kind = PIPE_FIELD_OF_EVENT, .field = pid, .event = 1},
                         {.kind = PIPE_FIELD_COUNT, .field = FIELD_NONE},
                         {.kind = PIPE_FIELD_PERCENT, .field = FIELD_NONE}};
    PipeTerm terms[ARRAY_LEN(asked)];
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        FieldId id = plan_builder_pipe_field(pipes, &asked[i]);
        assert_int_equal(id, i);
        assert_int_equal(plan_builder_pipe_field(pipes, &asked[i]), id);
        terms[i].value = plan_builder_value(pipes, &(Expr){.kind = EXPR_FIELD, .field = id});
        terms[i].as = COMPARE_AS_VALUE;
    }
    const Expr count = {.kind = EXPR_FIELD, .field = 2};
    const Expr *of_count[] = {&count};
    Expr is_null = {.kind = EXPR_IS_NULL, .args = of_count, .arg_count = 1};
    NodeId node = plan_builder_not(pipes, plan_builder_predicate(pipes, &is_null));
    Pipe list[] = {{.kind = PIPE_UNIQUE_COUNT, .terms = terms, .term_count = 2},
                   {.kind = PIPE_FILTER, .node = node},
                   {.kind = PIPE_SORT, .terms = terms + 2, .term_count = 2},
                   {.kind = PIPE_COUNT}};
    Stage stage = {.node = plan_builder_constant(b, true)};
    FieldId read[] = {name, pid};
    QueryPlan query = {.kind = QUERY_EVENT,
                       .stages = &stage,
                       .stage_count = 1,
                       .timestamp = FIELD_NONE,
                       .tiebreaker = FIELD_NONE,
                       .pipes = list,
                       .pipe_count = ARRAY_LEN(list),
                       .asked = read,
                       .asked_count = 2};
    uint32_t id = plan_builder_add_query(b, &query);
    Buffer out = {0};
    explain_query(&out, plan_builder_finish(b), id);
    buffer_append_byte(&out, '\0');
    assert_string_equal(out.ptr, "event\n"
                                 "  always\n"
                                 "  unique_count process.name, events[1].`odd pid`\n"
                                 "  filter\n"
                                 "    not\n"
                                 "      count == null\n"
                                 "  sort count, percent\n"
                                 "  count\n"
                                 "  reads\n"
                                 "    process.name: keyword\n"
                                 "    `odd pid`: any type\n");
    buffer_done(&out);
    arena_free(arena);
}

RUN_TESTS(CASE(pipes_are_read_aloud), CASE(expressions_read_like_eql),
          CASE(a_sequence_shows_stages_keys_and_fields_once))
