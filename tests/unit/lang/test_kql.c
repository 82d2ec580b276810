#include "lang/kql.h"
#include "unit.h"

static void expect_printed(const char *text, const char *printed)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    Buffer out = {0};
    const KqlNode *node = kql_parse(arena, str_from_c(text), &diagnostics);
    if (node == NULL) {
        fail_msg("%s: %.*s", text, STR_ARG(diagnostics.list.items[0].message));
    }
    kql_print(&out, node);
    buffer_append_byte(&out, '\0');
    assert_string_equal(out.ptr, printed);
    const KqlNode *again = kql_parse(arena, str_from_c(out.ptr), &diagnostics);
    assert_true(again != NULL && kql_equal(node, again));
    buffer_done(&out);
    arena_free(arena);
}

TEST(a_query_prints_canonically)
{
    static const struct {
        const char *text, *printed;
    } CASES[] = {
        {"", ""},
        {" \n\t", ""},
        {"*", "*"},
        {"*:*", "*: *"},
        {"a:b", "a: b"},
        {"a : b", "a: b"},
        {"a:b c", "a: b c"},
        {"a:\"b c\"", "a: \"b c\""},
        {"a : b* c", "a: b* c"},
        {"a:b  or\nc:d", "a: b or c: d"},
        {"a:b AND NOT c:d Or e:f", "a: b and not c: d or e: f"},
        {"a:b and (c:d or e:f)", "a: b and (c: d or e: f)"},
        {"not (a:b or c:d)", "not (a: b or c: d)"},
        {"(a:b)", "a: b"},
        {"a:(b)", "a: b"},
        {"a:(b or c)", "a: (b or c)"},
        {"a:( b OR c )", "a: (b or c)"},
        {"a:(b or (c and not d))", "a: (b or c and not d)"},
        {"a:(* and not (b or \"c\"))", "a: (* and not (b or \"c\"))"},
        {"a:(not b)", "not a: b"},
        {"a:b or a:c", "a: b or a: c"},
        {"not a:(b or c) and d:(e or f)", "not a: (b or c) and d: (e or f)"},
        {"a<1 and b >= \"now-1d\"", "a < 1 and b >= \"now-1d\""},
        {"a:{ b:1 and c:{ d:2 } }", "a: { b: 1 and c: { d: 2 } }"},
        {"word", "word"},
        {"two words and more", "two words and more"},
        {"event.*:x", "event.*: x"},
        {"android", "android"},
        {"cannot open", "cannot open"},
        {"a:orange", "a: orange"},
        {"a:1.2.3.4/8", "a: 1.2.3.4/8"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_printed(CASES[i].text, CASES[i].printed);
    }
}

TEST(escapes_mean_what_they_say)
{
    static const struct {
        const char *text, *value;
    } CASES[] = {
        {"a:\"C:\\Windows\\\\x\"", "C:\\Windows\\x"},
        {"a:\"tab\\there\"", "tab\there"},
        {"a:\"say \\\"hi\\\"\"", "say \"hi\""},
        {"a:\"\\u00e9\\ud83d\\ude00\"", "\u00e9\U0001F600"},
        {"a:\"\\ud83d\"", "\uFFFD"},
        {"a:\"*\"", "*"},
        {"a:C\\:\\\\x\\*", "C:\\x*"},
        {"a:b\\(c\\)", "b(c)"},
        {"a:\\or", "or"},
        {"a:x \\and y", "x and y"},
        {"a:\\not it", "not it"},
        {"a:\\nothing", "\nothing"},
        {"a:\u00a0b\u00a0", "b"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Diagnostics diagnostics = {.arena = arena};
        const KqlNode *node = kql_parse(arena, str_from_c(CASES[i].text), &diagnostics);
        assert_non_null(node);
        assert_int_equal(node->kind, KQL_IS);
        assert_int_equal(node->value->part_count, 1);
        assert_string_equal(str_to_c(arena, node->value->parts[0]), CASES[i].value);
        arena_free(arena);
    }
}

TEST(wildcards_part_a_word)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    const KqlNode *node = kql_parse(arena, STR("a.*:*b\\*c*"), &diagnostics);
    assert_non_null(node);
    assert_int_equal(node->field->part_count, 2);
    assert_int_equal(node->value->part_count, 3);
    assert_true(str_equal(node->value->parts[1], STR("b*c")));
    assert_true(kql_word_has_wildcard(node->value));
    assert_false(kql_word_is_any(node->value));
    arena_free(arena);
}

TEST(what_is_wrong_is_told_with_its_place)
{
    static const struct {
        const char *text;
        size_t at;
        const char *message;
    } CASES[] = {
        {"a:", 2, "ends where a value is expected"},
        {"a: and b:c", 3, "a name or a value is missing"},
        {"a:b and ", 8, "ends where a value is expected"},
        {"a:b and and c:d", 8, "missing"},
        {"(a:b", 0, "never closed"},
        {"a:(b or c", 2, "never closed"},
        {"a:{ b:c", 2, "never closed"},
        {"a:\"b", 2, "quotation mark"},
        {"a:b:c", 3, "expected"},
        {"a:b)", 3, "end of the query"},
        {"a:(b c:d)", 6, "closing bracket"},
        {"a:\"b\" \"c\"", 6, "expected"},
        {"not not a:b", 4, "twice"},
        {"a > b*", 4, "without wildcards"},
        {"a:C:\\x", 3, "expected"},
        {"a:\\x", 2, "backslash"},
        {"a:\xff", 2, "UTF-8"},
        {":b", 0, "missing"},
        {"a:()", 3, "missing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Diagnostics diagnostics = {.arena = arena};
        assert_null(kql_parse(arena, str_from_c(CASES[i].text), &diagnostics));
        assert_int_equal(diagnostics.list.count, 1);
        const Diagnostic *told = &diagnostics.list.items[0];
        if (told->at != CASES[i].at ||
            strstr(str_to_c(arena, told->message), CASES[i].message) == NULL) {
            fail_msg("%s: %zu %.*s", CASES[i].text, told->at, STR_ARG(told->message));
        }
        arena_free(arena);
    }
}

TEST(nesting_has_a_bound)
{
    for (size_t depth = KQL_MAX_DEPTH; depth <= KQL_MAX_DEPTH + 1; depth++) {
        Arena *arena = arena_new();
        Diagnostics diagnostics = {.arena = arena};
        Buffer text = {0};
        for (size_t i = 0; i < depth; i++) {
            buffer_append_byte(&text, '(');
        }
        buffer_append_c(&text, "a:b");
        for (size_t i = 0; i < depth; i++) {
            buffer_append_byte(&text, ')');
        }
        bool read = kql_parse(arena, buffer_str(&text), &diagnostics) != NULL;
        assert_int_equal(read, depth <= KQL_MAX_DEPTH);
        buffer_done(&text);
        arena_free(arena);
    }
}

RUN_TESTS(CASE(a_query_prints_canonically), CASE(escapes_mean_what_they_say),
          CASE(wildcards_part_a_word), CASE(what_is_wrong_is_told_with_its_place),
          CASE(nesting_has_a_bound))
