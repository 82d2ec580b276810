#include "../unit/unit.h"

#include "compile/eql_compile.h"
#include "event_edit.h"
#include "query_edit.h"
#include "story_shrink.h"
#include "twin.h"

static const char QUERY[] =
    "sequence by process.pid, ?x with maxspan=1m [process where process.name : (\"a*\", \"b\") and "
    "z == null] "
    "by x.y with runs=3 [any where length(concat(v, \"-tail\")) > 5.5 or not true] by ?z "
    "until [file where cidrMatch(source.ip, \"10.0.0.0/8\", \"fd00::/16\")] by z | head 9 | tail 1";

static const char EVENT[] = "{\"a\": {\"b\": [1, \"\xc3\xa9\xc3\xa9x\", {\"c\": null}]}, \"n\": "
                            "-12.5, \"t\": \"\", \"q\": []}";

static bool parses(Str query)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    bool parsed = eql_parse(arena, query, &diagnostics) != NULL;
    arena_free(arena);
    return parsed;
}

TEST(every_edit_of_a_query_is_another_query)
{
    Arena *arena = arena_new();
    Str before = str_from_c(QUERY);
    Str after = {0};
    uint32_t count = 0;
    for (; query_edit(arena, before, count, &after); count++) {
        assert_true(parses(after));
        assert_false(str_equal(before, after));
    }
    assert_in_range(count, 60, 200);
    assert_false(query_edit(arena, STR("process where"), 0, &after));
    arena_free(arena);
}

TEST(every_edit_of_an_event_is_another_event)
{
    static const char *const EXPECTED[] = {
        /* members less */
        "{\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        "{\"a\":{\"b\":[1,\"\xc3\xa9\xc3\xa9x\",{\"c\":null}]},\"t\":\"\",\"q\":[]}",
        "{\"a\":{\"b\":[1,\"\xc3\xa9\xc3\xa9x\",{\"c\":null}]},\"n\":-12.5,\"q\":[]}",
        "{\"a\":{\"b\":[1,\"\xc3\xa9\xc3\xa9x\",{\"c\":null}]},\"n\":-12.5,\"t\":\"\"}",
        "{\"a\":{},\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        /* an element alone, an element less */
        "{\"a\":{\"b\":1},\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        "{\"a\":{\"b\":\"\xc3\xa9\xc3\xa9x\"},\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        "{\"a\":{\"b\":{\"c\":null}},\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        "{\"a\":{\"b\":[\"\xc3\xa9\xc3\xa9x\",{\"c\":null}]},\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        "{\"a\":{\"b\":[1,{\"c\":null}]},\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        "{\"a\":{\"b\":[1,\"\xc3\xa9\xc3\xa9x\"]},\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        /* a text cut, never inside a character */
        "{\"a\":{\"b\":[1,\"\xc3\xa9\",{\"c\":null}]},\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        "{\"a\":{\"b\":[1,\"\xc3\xa9x\",{\"c\":null}]},\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        "{\"a\":{\"b\":[1,\"\xc3\xa9x\",{\"c\":null}]},\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        "{\"a\":{\"b\":[1,\"\xc3\xa9\xc3\xa9x\",{}]},\"n\":-12.5,\"t\":\"\",\"q\":[]}",
        /* a number made plain */
        "{\"a\":{\"b\":[1,\"\xc3\xa9\xc3\xa9x\",{\"c\":null}]},\"n\":1,\"t\":\"\",\"q\":[]}",
    };
    Arena *arena = arena_new();
    Str after = {0};
    for (uint32_t i = 0; i < ARRAY_LEN(EXPECTED); i++) {
        assert_true(event_edit(arena, str_from_c(EVENT), i, &after));
        assert_string_equal(str_to_c(arena, after), EXPECTED[i]);
    }
    assert_false(event_edit(arena, str_from_c(EVENT), ARRAY_LEN(EXPECTED), &after));
    assert_false(event_edit(arena, STR("{"), 0, &after));
    arena_free(arena);
}

/* What a story must show: so many matches, each of so many events and with a key or without. */
typedef struct Wanted {
    uint32_t matches, rows;
    bool key;
} Wanted;

static const PlanSet *compile(Arena *arena, const Story *story)
{
    PlanBuilder *builder = plan_builder_new(arena, story->schema);
    Diagnostics diagnostics = {.arena = arena};
    for (uint32_t i = 0; i < story->queries.count; i++) {
        EqlQuery *tree = eql_parse(arena, story->queries.items[i], &diagnostics);
        EqlCompileOptions options = {.tiebreaker_field = story->tiebreaker};
        uint32_t query;
        if (tree == NULL || !eql_compile(builder, tree, &options, &diagnostics, &query)) {
            return NULL;
        }
    }
    return plan_builder_finish(builder);
}

static bool shows(void *context, Arena *arena, const Story *story)
{
    const Wanted *wanted = context;
    TwinRun run = {.plan = compile(arena, story),
                   .events = story->events.items,
                   .event_count = story->events.count};
    TwinResults results;
    Err err;
    if (run.plan == NULL) {
        return false;
    }
    assert_true(twin_run(arena, &run, TWIN_COLUMNS, &results, &err));
    uint32_t found = 0;
    for (uint32_t i = 0; i < results.list.count; i++) {
        const TwinResult *result = &results.list.items[i];
        found += result->row_count == wanted->rows && (result->key.len > 0) == wanted->key;
    }
    return found >= wanted->matches;
}

static void add(Arena *arena, StoryTexts *texts, const char *text)
{
    ARRAY_PUSH(arena, texts, twin_event(arena, str_from_c(text)));
}

/* Three a, three b, for two hosts; every setting on. */
static Story busy_story(Arena *arena, const StoryWorld *world)
{
    static const char *const EVENTS[] = {
        "{\"@timestamp\": 1, \"s\": \"a\", \"host\": [\"one\", \"two\"], \"n\": {\"m\": 1.5}}",
        "{\"@timestamp\": 2, \"s\": \"b\", \"host\": \"one\", \"tie\": 5}",
        "{\"@timestamp\": 3, \"s\": \"a\", \"host\": \"one\"}",
        "{\"@timestamp\": 4, \"s\": \"b\", \"host\": \"two\"}",
        "{\"@timestamp\": 5, \"s\": \"c\", \"host\": \"two\"}",
        "{\"@timestamp\": 6, \"s\": \"b\", \"host\": \"one\"}",
    };
    Story story = {.schema = world->builtin,
                   .mapping = world->mapping, /* not used: to see it go */
                   .tiebreaker = STR("tie"),
                   .has_size = true,
                   .size = 9,
                   .batch_rows = 2};
    for (size_t i = 0; i < ARRAY_LEN(EVENTS); i++) {
        add(arena, &story.events, EVENTS[i]);
    }
    add(arena, &story.queries, "any where s like (\"x\", \"y\") or n.m > 1");
    add(arena, &story.queries,
        "sequence by host with maxspan=1s [any where s == \"a\"] [any where startsWith(s, \"b\")] "
        "until [any where s == \"c\"] | head 9");
    add(arena, &story.queries, "any where null == s");
    return story;
}

TEST(what_is_left_is_what_it_takes)
{
    static const struct {
        Wanted wanted;
        const char *query;
        const char *events[4];
    } CASES[] = {
        {{1, 1, false}, "any where true", {"{\"@timestamp\":1}"}},
        {{1, 2, true},
         "sequence by host [any where true] [any where true]",
         {"{\"@timestamp\":1,\"host\":\"one\"}", "{\"@timestamp\":2,\"host\":\"one\"}"}},
        {{1, 2, false},
         "sequence [any where true] [any where true]",
         {"{\"@timestamp\":5}", "{\"@timestamp\":6}"}},
    };
    Arena *arena = arena_new();
    StoryWorld world = story_world(arena);
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Story story = busy_story(arena, &world);
        Wanted wanted = CASES[i].wanted;
        story_shrink(arena, &world, &story, shows, &wanted);
        assert_int_equal(story.queries.count, 1);
        assert_string_equal(str_to_c(arena, story.queries.items[0]), CASES[i].query);
        for (uint32_t k = 0; k < story.events.count; k++) {
            assert_non_null(CASES[i].events[k]);
            assert_string_equal(str_to_c(arena, story.events.items[k]), CASES[i].events[k]);
        }
        assert_null(CASES[i].events[story.events.count]);
        assert_true(story.mapping.len == 0 && story.tiebreaker.len == 0 && !story.has_size &&
                    story.batch_rows == 0);
    }
    arena_free(arena);
}

RUN_TESTS(CASE(every_edit_of_a_query_is_another_query),
          CASE(every_edit_of_an_event_is_another_event), CASE(what_is_left_is_what_it_takes))
