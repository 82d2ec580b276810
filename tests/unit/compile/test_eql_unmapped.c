#include "compile_bench.h"

/* What is told of `query` when these events were read. */
static Str told(CompileBench *bench, const char *query, const char *const *events, bool asked)
{
    EqlUnmapped unmapped = {0};
    EqlCompileOptions options = {.unmapped = &unmapped};
    Diagnostics diagnostics = {.arena = bench->arena};
    PlanBuilder *builder = plan_builder_new(bench->arena, bench->schema);
    const EqlQuery *tree = eql_parse(bench->arena, str_from_c(query), &diagnostics);
    uint32_t id = 0;
    assert_true(tree != NULL && eql_compile(builder, tree, &options, &diagnostics, &id));
    const PlanSet *plan = plan_builder_finish(builder);
    FieldId *ids = ARENA_MANY(bench->arena, FieldId, unmapped.list.count);
    for (uint32_t i = 0; i < unmapped.list.count; i++) {
        ids[i] = unmapped.list.items[i].field;
    }
    FieldWatch *watch = field_watch_new(plan->fields, ids, unmapped.list.count);
    for (; *events != NULL; events++) {
        Document document;
        Err err = {0};
        assert_true(document_parse(bench->arena, str_from_c(*events), &document, &err));
        field_watch_document(watch, &document, bench->arena);
        field_watch_names(watch, &document);
    }
    if (asked) {
        eql_unmapped_tell(&unmapped, plan->fields, watch, &diagnostics);
    } else {
        eql_unmapped_tell_unasked(&unmapped, plan->fields, &diagnostics);
    }
    field_watch_free(watch);
    static const char *const SEVERITIES[] = {"note", "warning", "error"};
    Buffer said = {0};
    for (uint32_t i = 0; i < diagnostics.list.count; i++) {
        const Diagnostic *one = &diagnostics.list.items[i];
        buffer_append_format(&said, "%zu+%zu %s: %.*s\n", one->at, one->len,
                             SEVERITIES[one->severity], STR_ARG(one->message));
    }
    return bench_text(bench, &said);
}

static const char *const EVENTS[] = {
    "{\"own\":{\"colour\":\"red\",\"size\":[1,null]},\"void\":null,\"hollow\":[]}",
    "{\"many\":[{\"x\":1},{\"y\":{\"z\":2}}],\"proces\":{\"nmae\":1}}", NULL};

static void check(bool strict, const BenchCase *cases, size_t count)
{
    CompileBench bench = bench_new(strict);
    for (size_t i = 0; i < count; i++) {
        Str said = told(&bench, cases[i].query, EVENTS, true);
        assert_text(said, cases[i].wanted, cases[i].query);
    }
    bench_done(&bench);
}

TEST(under_a_mapping_a_field_that_no_event_has_is_an_error)
{
    static const BenchCase CASES[] = {
        {"any where own.colour == 1 and own.size == 1 and many.y.z == 1 and word == \"a\"", ""},
        {"any where own.color == 1",
         "10+9 error: Unknown column [own.color], did you mean [own.colour]?\n"},
        {"any where wird == 1", "10+4 error: Unknown column [wird], did you mean [word]?\n"},
        {"any where void == null or hollow == null",
         "10+4 error: Unknown column [void], did you mean [word]?\n26+6 error: Unknown column "
         "[hollow]\n"},
        {"any where zzz == 1 or zzz == 2 or ?zzz == 3",
         "10+3 error: Unknown column [zzz]\n22+3 error: Unknown column [zzz]\n"},
        {"any where many.y == 1 or own == 1",
         "10+6 error: Cannot use field [many.y] type [object] only its subfields\n"
         "25+3 error: Cannot use field [own] type [object] only its subfields\n"},
        {"sequence by many.x, ?qqq [any where true] [any where true] until [any where qqqq == 1]",
         "76+4 error: Unknown column [qqqq]\n"},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(without_one_it_is_warned_of_once)
{
    static const BenchCase CASES[] = {
        {"any where own.colour == 1 and process.name == \"a\"", ""},
        {"any where zzz == 1 or zzz == 2 or ?yyy == 1",
         "10+3 warning: no event has the field [zzz]\n"},
        /* What events have is the better advice. */
        {"any where proces.name == 1",
         "10+11 warning: no event has the field [proces.name], did you mean [proces.nmae]?\n"},
        {"any where proc.executable == 1",
         "10+15 warning: no event has the field [proc.executable], did you mean "
         "[process.executable]?\n"},
    };
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(without_events_it_is_noted)
{
    CompileBench bench = bench_new(true);
    Str said = told(&bench, "any where zzz == 1 or zzz == 2", EVENTS + 2, false);
    assert_text(said,
                "10+3 note: the mapping lacks the field [zzz]: an error unless some event has it\n",
                "zzz");
    bench_done(&bench);
    bench = bench_new(false);
    assert_int_equal(told(&bench, "any where zzz == 1", EVENTS + 2, false).len, 0);
    bench_done(&bench);
}

TEST(many_are_told_up_to_a_bound)
{
    CompileBench bench = bench_new(true);
    Buffer query = {0};
    buffer_append_c(&query, "any where true");
    for (int i = 0; i < 130; i++) {
        buffer_append_format(&query, " or f%d == 1", i);
    }
    for (int asked = 0; asked < 2; asked++) {
        Str said = told(&bench, str_to_c(bench.arena, buffer_str(&query)), EVENTS + 2, asked == 1);
        assert_true(str_ends_with(said, STR("note: [30] more problems are not shown\n")));
    }
    buffer_done(&query);
    bench_done(&bench);
}

TEST(who_does_not_ask_the_events_gets_an_error_at_once)
{
    static const BenchCase CASES[] = {{"any where zzz == 1", "10+3 error: Unknown column [zzz]\n"}};
    CompileBench bench = bench_new(true);
    assert_said(&bench, CASES, ARRAY_LEN(CASES));
    bench_done(&bench);
    EqlUnmapped unmapped = {0};
    bench = bench_new_closed();
    bench.options.unmapped = &unmapped;
    assert_said(&bench, CASES, ARRAY_LEN(CASES));
    assert_int_equal(unmapped.list.count, 0);
    bench_done(&bench);
}

RUN_TESTS(CASE(under_a_mapping_a_field_that_no_event_has_is_an_error),
          CASE(without_one_it_is_warned_of_once), CASE(without_events_it_is_noted),
          CASE(many_are_told_up_to_a_bound),
          CASE(who_does_not_ask_the_events_gets_an_error_at_once))
