#include "eql_shape.h"

/* `opening` n times, "a", `closing` n times, behind `head`. */
static Str nested(Arena *arena, const char *head, const char *opening, size_t n,
                  const char *closing)
{
    Buffer out = {0};
    buffer_append_c(&out, head);
    for (size_t i = 0; i < n; i++) {
        buffer_append_c(&out, opening);
    }
    buffer_append_c(&out, "a");
    for (size_t i = 0; i < n; i++) {
        buffer_append_c(&out, closing);
    }
    Str text = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return text;
}

TEST(nesting_has_a_bound)
{
    static const struct {
        const char *opening, *closing;
    } CASES[] = {{"(", ")"},    {"f(", ")"},     {"not ", ""},
                 {"-", ""},     {"x in (", ")"}, {"child of [b where ", "]"},
                 {"not (", ")"}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Diagnostics diagnostics = {.arena = arena};
        Str shallow = nested(arena, "", CASES[i].opening, EQL_MAX_DEPTH / 2 - 1, CASES[i].closing);
        Str deep = nested(arena, "", CASES[i].opening, EQL_MAX_DEPTH + 1, CASES[i].closing);
        assert_non_null(eql_parse_expression(arena, shallow, &diagnostics));
        assert_null(eql_parse_expression(arena, deep, &diagnostics));
        assert_int_equal(diagnostics.list.count, 1);
        assert_string_equal(diagnostics.list.items[0].code, "limit");
        expect_text(diagnostics.list.items[0].message,
                    "The query is nested too deeply, more than [200] levels");
        arena_free(arena);
    }
}

TEST(names_of_fields_are_bounded)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    Str longest = nested(arena, "", "ab.", EQL_MAX_NAME / 3, "");
    assert_non_null(eql_parse_expression(arena, longest, &diagnostics));
    assert_null(eql_parse_expression(arena, str_format(arena, "1 == %.*sb", STR_ARG(longest)),
                                     &diagnostics));
    assert_int_equal(diagnostics.list.count, 1);
    assert_int_equal(diagnostics.list.items[0].at, 5);
    assert_string_equal(diagnostics.list.items[0].code, "limit");
    expect_text(diagnostics.list.items[0].message,
                "The field's name is too long, more than [1024] bytes");
    arena_free(arena);
}

/* Parsed, printed, parsed again, compared: in room that does not grow with the chain. */
static void expect_chain(const char *link)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    Str text = nested(arena, "process where ", link, 90000, "");
    const EqlQuery *query = eql_parse(arena, text, &diagnostics);
    assert_non_null(query);
    Buffer out = {0};
    eql_print(&out, query);
    assert_true(str_equal(buffer_str(&out), text));
    const EqlQuery *again = eql_parse(arena, buffer_str(&out), &diagnostics);
    assert_non_null(again);
    assert_true(eql_equal(query, again));
    buffer_done(&out);
    arena_free(arena);
}

TEST(chains_are_no_nesting)
{
    static const char *const LINKS[] = {"a or ", "a and ", "a + ", "a * ", "a and b or "};
    for (size_t i = 0; i < ARRAY_LEN(LINKS); i++) {
        expect_chain(LINKS[i]);
    }
}

TEST(long_lists_are_no_nesting)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    Str list = nested(arena, "a in (", "1, ", 90000, "");
    Str text = str_format(arena, "%.*s)", STR_ARG(list));
    const EqlNode *node = eql_parse_expression(arena, text, &diagnostics);
    assert_non_null(node);
    assert_int_equal(node->item_count, 90001);
    arena_free(arena);
}

TEST(long_texts_are_refused_unread)
{
    static const Str QUERY = STR_INIT("any where true");
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    char *bytes = ARENA_MANY(arena, char, EQL_MAX_TEXT + 1);
    memset(bytes, ' ', EQL_MAX_TEXT + 1);
    memcpy(bytes, QUERY.ptr, QUERY.len);
    assert_non_null(eql_parse(arena, (Str){bytes, EQL_MAX_TEXT}, &diagnostics));
    assert_null(eql_parse(arena, (Str){bytes, EQL_MAX_TEXT + 1}, &diagnostics));
    assert_string_equal(diagnostics.list.items[0].code, "limit");
    expect_text(diagnostics.list.items[0].message,
                "The query is too long: [1048577] bytes, allowed are [1048576]");
    arena_free(arena);
}

TEST(text_must_be_utf8)
{
    static const Refused REFUSED = {"any where a == \"\xff\"", "syntax", 16,
                                    "The query is not valid UTF-8"};
    expect_refused(&REFUSED, true);
    expect_refused(&REFUSED, false);
}

TEST(messages_show_a_part_of_what_is_long)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    Str text = nested(arena, "\"", "\xc3\xa9", 500, "");
    assert_null(eql_parse_expression(arena, text, &diagnostics));
    Str message = diagnostics.list.items[0].message;
    assert_true(str_starts_with(message, STR("token recognition error at: '\"\xc3\xa9")));
    assert_true(str_ends_with(message, STR("\xc3\xa9...'")));
    assert_true(message.len < 250);
    assert_int_equal(diagnostics.list.items[0].len, text.len);
    arena_free(arena);
}

TEST(a_nul_does_not_cut_a_message)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    Str text = {"a == `\0b", 8};
    assert_null(eql_parse_expression(arena, text, &diagnostics));
    expect_text(diagnostics.list.items[0].message, "token recognition error at: '`\\0b'");
    arena_free(arena);
}

RUN_TESTS(CASE(nesting_has_a_bound), CASE(chains_are_no_nesting), CASE(long_lists_are_no_nesting),
          CASE(long_texts_are_refused_unread), CASE(names_of_fields_are_bounded),
          CASE(text_must_be_utf8), CASE(messages_show_a_part_of_what_is_long),
          CASE(a_nul_does_not_cut_a_message))
