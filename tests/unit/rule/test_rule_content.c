#include "rule_pair.h"

#include "rule/rule_content.h"

static void expect_differences(const char *a, const char *b, const char *expected)
{
    Arena *arena = arena_new();
    RuleContent left = rule_content(arena, json_of(arena, a));
    RuleContent right = rule_content(arena, json_of(arena, b));
    FieldNames names = rule_content_differences(arena, &left, &right);
    Str joined = str_join(arena, names.list.items, names.list.count, STR(" "));
    assert_string_equal(str_to_c(arena, joined), expected);
    Hex one = rule_content_hash(&left);
    Hex other = rule_content_hash(&right);
    assert_int_equal(strcmp(one.text, other.text) == 0, expected[0] == '\0');
    arena_free(arena);
}

TEST(what_differs_is_what_somebody_changed)
{
    static const struct {
        const char *a, *b, *names;
    } CASES[] = {
        {"{}", "{}", ""},
        {"{\"to\":\"now\",\"tags\":[]}", "{}", ""}, /* the defaults */
        {"{\"to\":\"now-1m\"}", "{}", "to"},
        {"{\"version\":3,\"revision\":7,\"updated_at\":\"x\",\"id\":\"a\"}", "{\"version\":4}", ""},
        {"{\"threat\":[{\"a\":1,\"b\":2}]}", "{\"threat\": [ {\"b\":2, \"a\":1} ]}", ""},
        {"{\"threat\":[{\"a\":1},{\"b\":2}]}", "{\"threat\":[{\"b\":2},{\"a\":1}]}", "threat"},
        {"{\"note\":\"\\u0041\"}", "{\"note\":\"A\"}", ""},
        {"{\"note\":null}", "{}", ""},
        {"{\"note\":\"x\",\"note\":\"y\"}", "{\"note\":\"y\"}", ""}, /* the last counts */
        {"{\"zzz\":1,\"aaa\":2}", "{\"aaa\":2,\"zzz\":1}", ""},      /* unknown names */
        {"{\"zzz\":1,\"note\":\"n\"}", "{\"yyy\":1,\"name\":\"m\"}", "note zzz name yyy"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_differences(CASES[i].a, CASES[i].b, CASES[i].names);
    }
}

/* Each name is looked up once: a rule of many unknown names takes no longer than it has bytes. */
TEST(many_unknown_names_are_compared_in_good_time)
{
    Arena *arena = arena_new();
    Buffer text = {0};
    buffer_append_byte(&text, '{');
    for (int i = 0; i < 100000; i++) {
        buffer_append_format(&text, "%s\"u%d\":1", i > 0 ? "," : "", i % 60000);
    }
    buffer_append_c(&text, "}");
    buffer_append_byte(&text, '\0');
    RuleContent content = rule_content(arena, json_of(arena, text.ptr));
    RuleContent empty = rule_content(arena, json_of(arena, "{}"));
    FieldNames names = rule_content_differences(arena, &content, &empty);
    assert_int_equal(names.list.count, 60000);
    buffer_done(&text);
    arena_free(arena);
}

RUN_TESTS(CASE(what_differs_is_what_somebody_changed),
          CASE(many_unknown_names_are_compared_in_good_time))
