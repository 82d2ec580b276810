#include "unit.h"

#include <unistd.h>

#include "compile/eql_compile.h"
#include "detect/why.h"

/* Two keys, each with a beginning and an end; with room for one open sequence the first gives way. */
#define EVENTS                                                             \
    "{\"_id\":\"a\",\"_source\":{\"@timestamp\":1,\"k\":1,\"n\":1}}\n"     \
    "{\"_id\":\"b\",\"_source\":{\"@timestamp\":2,\"k\":2,\"n\":1}}\n"     \
    "{\"_id\":\"c\",\"_source\":{\"@timestamp\":3,\"k\":[1,3],\"n\":2}}\n" \
    "{\"_id\":\"d\",\"_source\":{\"@timestamp\":4,\"k\":2,\"n\":2}}\n"

static const PlanSet *compile(Arena *arena, const char *text)
{
    PlanBuilder *builder = plan_builder_new(arena, schema_builtin(arena));
    Diagnostics diagnostics = {.arena = arena};
    uint32_t query = 0;
    EqlQuery *tree = eql_parse(arena, str_from_c(text), &diagnostics);
    assert_true(tree != NULL &&
                eql_compile(builder, tree, &(EqlCompileOptions){0}, &diagnostics, &query));
    return plan_builder_finish(builder);
}

typedef struct Asked {
    Arena *arena;
    InputSet *input;
    WhyReport report;
} Asked;

static Asked ask(const char *query, const char *id, const ScanOptions *options)
{
    char path[] = "/tmp/shrike-why-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, EVENTS, sizeof EVENTS - 1), sizeof EVENTS - 1);
    close(file);
    Asked asked = {.arena = arena_new()};
    Str name = str_from_c(path);
    Err err = {0};
    ScanStats stats;
    asked.input = input_open(&name, 1, &(InputOptions){0}, &err);
    assert_non_null(asked.input);
    WhyQuestion question = {
        .plan = compile(asked.arena, query), .id = str_from_c(id), .options = options};
    if (!why_run(&question, asked.input, asked.arena, &asked.report, &stats, &err)) {
        fail_msg("%s", err.text);
    }
    unlink(path);
    return asked;
}

static void done(Asked *asked)
{
    why_report_done(&asked->report);
    input_close(asked->input);
    arena_free(asked->arena);
}

static void check(const char *id, size_t max_open, WhyVerdict verdict)
{
    static const char QUERY[] = "sequence by k [any where n == 1] [any where n == 2]";
    Asked asked = ask(QUERY, id, &(ScanOptions){.jobs = 1, .matcher.limits.max_open = max_open});
    assert_int_equal(asked.report.events.count, 1);
    assert_int_equal(asked.report.events.items[0].verdict, verdict);
    done(&asked);
}

TEST(a_sequence_that_gave_way_is_told_from_one_that_was_not_there)
{
    check("a", 0, WHY_MATCHED);
    check("c", 0, WHY_MATCHED);
    check("a", 1, WHY_EVICTED);
    check("c", 1, WHY_EVICTED);
    check("b", 1, WHY_MATCHED);
}

TEST(each_key_has_its_hits)
{
    Asked asked =
        ask("sequence by k [any where n == 1] [any where n == 2]", "c", &(ScanOptions){.jobs = 1});
    const WhyEvent *event = &asked.report.events.items[0];
    assert_int_equal(event->key_count, 2);
    assert_int_equal(event->keys_cut, 0);
    assert_int_equal(event->keys[0].stage_hits[0], 1); /* 1 */
    assert_int_equal(event->keys[0].stage_hits[1], 1);
    assert_int_equal(event->keys[1].stage_hits[0], 0); /* 3 */
    assert_int_equal(event->keys[1].stage_hits[1], 1);
    assert_int_equal(event->matches, 1);
    assert_int_equal(event->match[0].time, 1000000);
    assert_false(event->stages[0].fits);
    assert_true(event->stages[1].fits);
    done(&asked);
}

TEST(nobody_of_that_name)
{
    Asked asked = ask("any where true", "e", &(ScanOptions){.jobs = 2});
    assert_int_equal(asked.report.events.count, 0);
    assert_int_equal(asked.report.more, 0);
    done(&asked);
}

RUN_TESTS(CASE(a_sequence_that_gave_way_is_told_from_one_that_was_not_there),
          CASE(each_key_has_its_hits), CASE(nobody_of_that_name))
