#include "unit.h"

#include "compile/eql_compile.h"
#include "detect/event_clock.h"
#include "event/document.h"

/* Queries by two time fields; only those that end with a missing event want a clock. */
static const PlanSet *plan_of(Arena *arena)
{
    static const struct {
        const char *query, *time;
    } QUERIES[] = {
        {"sequence with maxspan=1m [any where true] ![any where false]", "t"},
        {"sequence with maxspan=1m ![any where false] [any where true]", "u"},
        {"sequence with maxspan=1m [any where true] ![any where false]", "u"},
        {"sequence with maxspan=1m [any where n == 1] ![any where false]", "t"},
        {"any where true", "t"},
    };
    PlanBuilder *builder = plan_builder_new(arena, schema_builtin(arena));
    Diagnostics diagnostics = {.arena = arena};
    for (size_t i = 0; i < ARRAY_LEN(QUERIES); i++) {
        EqlCompileOptions options = {.timestamp_field = str_from_c(QUERIES[i].time)};
        EqlQuery *tree = eql_parse(arena, str_from_c(QUERIES[i].query), &diagnostics);
        uint32_t index;
        assert_non_null(tree);
        assert_true(eql_compile(builder, tree, &options, &diagnostics, &index));
    }
    return plan_builder_finish(builder);
}

static void tell(EventClock *clock, Arena *arena, const char *json)
{
    Err err = {0};
    Document document;
    assert_true(document_parse(arena, str_from_c(json), &document, &err));
    event_clock_document(clock, &document, arena);
}

TEST(a_clock_shows_the_latest_time_of_its_field)
{
    Arena *arena = arena_new();
    const PlanSet *plan = plan_of(arena);
    EventClock *clock = event_clock_new(arena, plan);
    EventClock *other = event_clock_new(arena, plan);
    for (uint32_t i = 0; i < plan->query_count; i++) {
        assert_int_equal(event_clock_latest(clock)[i], INT64_MIN);
    }
    tell(clock, arena, "{\"t\": 5, \"u\": \"no date\"}");
    tell(clock, arena, "{\"t\": 3}");
    tell(other, arena, "{\"t\": 4, \"u\": \"1970-01-01T00:00:00.007Z\"}");
    event_clock_join(clock, other);
    const int64_t *latest = event_clock_latest(clock);
    assert_int_equal(latest[0], 5000000);
    assert_int_equal(latest[2], 7000000);
    assert_int_equal(latest[3], 5000000);
    arena_free(arena);
}

RUN_TESTS(CASE(a_clock_shows_the_latest_time_of_its_field))
