#include "unit.h"

#include "alert/alert_source.h"
#include "alert/common_fields.h"

static Str print(Arena *arena, const Json *tree)
{
    Buffer text = {0};
    alert_source_print_value(&(JsonWriter){.out = &text}, tree);
    Str copy = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return copy;
}

static const char *common(Arena *arena, const char *const *texts)
{
    const Json *sources[8];
    uint32_t count = 0;
    Err err = {0};
    for (; texts[count] != NULL; count++) {
        sources[count] = json_parse(arena, str_from_c(texts[count]), &err);
        assert_non_null(sources[count]);
    }
    return print(arena, common_fields(arena, sources, count)).ptr;
}

TEST(what_all_events_share_stays)
{
    static const struct {
        const char *events[4];
        const char *common;
    } CASES[] = {
        {{"{\"a\":1,\"b\":2}"}, "{\"a\":1,\"b\":2}"},
        {{"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":2}"}, "{\"b\":2}"},
        {{"{\"a\":1}", "{\"b\":1}"}, "{}"},
        {{"{\"a\":\"x\",\"b\":true,\"c\":null}", "{\"a\":\"x\",\"b\":true,\"c\":null}",
          "{\"a\":\"x\",\"b\":true}"},
         "{\"a\":\"x\",\"b\":true}"},
        {{"{\"a\":5,\"b\":1e1,\"c\":9007199254740993}",
          "{\"a\":5.0,\"b\":10,\"c\":9007199254740992}"},
         "{\"a\":5,\"b\":1e1}"},
        {{"{\"a\":\"\\u0041\"}", "{\"a\":\"A\"}"}, "{\"a\":\"\\u0041\"}"},
        {{"{\"a\":\"1\"}", "{\"a\":1}"}, "{}"},
        {{"{\"a\":{\"b\":{\"c\":1,\"d\":2}},\"e\":{\"f\":1}}",
          "{\"a\":{\"b\":{\"c\":1}},\"e\":{}}"},
         "{\"a\":{\"b\":{\"c\":1}}}"},
        {{"{\"a\":[3,1,2]}", "{\"a\":[2,3]}", "{\"a\":[2,3,4]}"}, "{\"a\":[3,2]}"},
        {{"{\"a\":[1]}", "{\"a\":[2]}"}, "{}"},
        {{"{\"a\":1}", "{\"a\":[2,1]}"}, "{\"a\":[1]}"},
        {{"{\"a\":[2,1]}", "{\"a\":1}"}, "{\"a\":[1]}"},
        {{"{\"a.b\":1,\"a\":{\"c\":2}}", "{\"a\":{\"b\":1},\"a.c\":2}"},
         "{\"a.b\":1,\"a\":{\"c\":2}}"},
        {{"{\"a\":[{\"b\":1},{\"b\":2}]}", "{\"a\":[{\"b\":2},{\"b\": 1}]}"},
         "{\"a\":[{\"b\":2}]}"},
        {{"{\"a\":{\"b\":1}}", "{\"a\":1}"}, "{}"},
        {{"{\"a\":[],\"b\":{}}", "{\"a\":[],\"b\":{}}"}, "{}"},
        {{"{\"a\":0}", "{\"a\":-0.0}"}, "{\"a\":0}"},
        {{"{\"a\":[1e999,2e999]}", "{\"a\":[2e999,3e999]}"}, "{\"a\":[2e999]}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        assert_string_equal(common(arena, CASES[i].events), CASES[i].common);
        arena_free(arena);
    }
}

/* One member of each of `count` kinds, or `count` items of one list. */
static Str wide(Arena *arena, const char *head, const char *item, int count, const char *tail)
{
    Buffer text = {0};
    buffer_append_c(&text, head);
    for (int i = 0; i < count; i++) {
        buffer_append_format(&text, "%s", i == 0 ? "" : ",");
        buffer_append_format(&text, item[0] == '"' ? "\"k%d\":%d" : "%d", i, i);
    }
    buffer_append_c(&text, tail);
    Str copy = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return copy;
}

TEST(wide_events_cost_no_square)
{
    Arena *arena = arena_new();
    Err err = {0};
    Str texts[] = {wide(arena, "{", "\"", 60000, "}"), wide(arena, "{\"a\":[", "", 60000, "]}")};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const Json *event = json_parse(arena, texts[i], &err);
        const Json *both[] = {event, event};
        assert_true(str_equal(print(arena, common_fields(arena, both, 2)), texts[i]));
    }
    arena_free(arena);
}

RUN_TESTS(CASE(what_all_events_share_stays), CASE(wide_events_cost_no_square))
