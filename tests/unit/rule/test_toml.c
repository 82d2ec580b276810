#include "unit.h"

#include "base/json_writer.h"
#include "rule/rule_fields.h"
#include "rule/toml.h"

static void expect_tree(const char *text, const char *json)
{
    Arena *arena = arena_new();
    Err err = {0};
    const Json *tree = toml_parse(arena, str_from_c(text), &err);
    if (tree == NULL) {
        fail_msg("%s\n  refused: %s at %zu", text, err.text, err.at);
    }
    Buffer line = {0};
    JsonWriter out = {.out = &line};
    rule_print_tree(&out, tree);
    buffer_append_byte(&line, '\0');
    assert_string_equal(line.ptr, json);
    buffer_done(&line);
    arena_free(arena);
}

static void expect_fault(const char *text, size_t at, const char *message)
{
    Arena *arena = arena_new();
    Err err = {0};
    if (toml_parse(arena, str_from_c(text), &err) != NULL) {
        fail_msg("%s\n  was taken", text);
    }
    assert_string_equal(err.text, message);
    if (err.at != at) {
        fail_msg("%s\n  at %zu, expected %zu", text, err.at, at);
    }
    arena_free(arena);
}

TEST(values_become_json)
{
    static const char *const CASES[][2] = {
        {"", "{}"},
        {"\xef\xbb\xbf# only a remark", "{}"},
        {"a = 1 # one\r\nb=-2", "{\"a\":1,\"b\":-2}"},
        {"a = +1_000\nb = 0xfF\nc = 0o17\nd = 0b101", "{\"a\":1000,\"b\":255,\"c\":15,\"d\":5}"},
        {"a = 1.50\nb = 1e3\nc = -2.5E-1_0", "{\"a\":1.50,\"b\":1e3,\"c\":-2.5e-10}"},
        {"a = true\nb = false", "{\"a\":true,\"b\":false}"},
        {"a = 2024-02-29\nb = 07:08:09.5\nc = 2024-05-06 07:08:09Z",
         "{\"a\":\"2024-02-29\",\"b\":\"07:08:09.5\",\"c\":\"2024-05-06 07:08:09Z\"}"},
        {"a = [1, [\"x\", ], # more\n\n 2]", "{\"a\":[1,[\"x\"],2]}"},
        {"a = {b = 1, c.d = {}}", "{\"a\":{\"b\":1,\"c\":{\"d\":{}}}}"},
        {"\"a.b\" = 1\n'' = 2\nc . \"d\" = 3", "{\"a.b\":1,\"\":2,\"c\":{\"d\":3}}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_tree(CASES[i][0], CASES[i][1]);
    }
}

TEST(strings_of_all_four_kinds)
{
    static const char *const CASES[][2] = {
        {"a = \"tab\\t quote\\\" \\u00e9\"", "{\"a\":\"tab\\t quote\\\" \xc3\xa9\"}"},
        {"a = 'no \\escape'", "{\"a\":\"no \\\\escape\"}"},
        {"a = '''\nfirst newline goes\n'kept' '''", "{\"a\":\"first newline goes\\n'kept' \"}"},
        {"a = \"\"\"one \\\n   \n  two\"\"\"", "{\"a\":\"one two\"}"},
        {"a = \"\"\"\\\n  b\"\"\"", "{\"a\":\"b\"}"},
        {"a = \"\"\"\"two\"\"\"\"\"", "{\"a\":\"\\\"two\\\"\\\"\"}"},
        {"a = ''''''", "{\"a\":\"\"}"},
        {"a = \"\"", "{\"a\":\"\"}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_tree(CASES[i][0], CASES[i][1]);
    }
}

TEST(headers_build_tables_and_lists_of_tables)
{
    static const char *const CASES[][2] = {
        {"[a.b]\nx = 1\n[a]\ny = 2", "{\"a\":{\"b\":{\"x\":1},\"y\":2}}"},
        {"[[a]]\nx = 1\n[[a]]\n[a.b]\ny = 2\n[[a.c]]",
         "{\"a\":[{\"x\":1},{\"b\":{\"y\":2},\"c\":[{}]}]}"},
        {"a.b = 1\na.c = 2\n[a.d]\ne = 3", "{\"a\":{\"b\":1,\"c\":2,\"d\":{\"e\":3}}}"},
        {"[ a . 'b c' ]\nx = 1", "{\"a\":{\"b c\":{\"x\":1}}}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_tree(CASES[i][0], CASES[i][1]);
    }
}

TEST(faults_are_named_with_their_place)
{
    static const struct {
        const char *text;
        size_t at;
        const char *message;
    } CASES[] = {
        {"a = 1 b = 2", 6, "expected the end of the line"},
        {"a 1", 2, "expected '='"},
        {"= 1", 0, "expected a key"},
        {"a = ", 4, "expected a value"},
        {"a = yes", 4, "not a number, date, true, false or a text in quotes"},
        {"a = 01", 4, "not a number, date, true, false or a text in quotes"},
        {"a = 1__0", 4, "not a number, date, true, false or a text in quotes"},
        {"a = 9223372036854775808", 4, "not a number, date, true, false or a text in quotes"},
        {"a = 2023-02-29", 4, "not a number, date, true, false or a text in quotes"},
        {"a = -inf", 4, "inf and nan are not allowed"},
        {"a = \"x", 4, "string without an end"},
        {"a = \"x\ny\"", 6, "string without an end"},
        {"a = '''\nx", 4, "string without an end"},
        {"a = \"\\q\"", 5, "invalid escape"},
        {"a = \"\\ud800\"", 5, "invalid escape: not a character"},
        {"a = \"\\u12\"", 5, "invalid escape: expected hexadecimal digits"},
        {"a = 'x\x01'", 6, "control character in a string"},
        {"# \x7f", 2, "control character in a comment"},
        {"a = \xff", 4, "invalid UTF-8"},
        {"a = 1\na = 2", 6, "this key is defined twice"},
        {"[a]\n[a]", 4, "this table is defined twice"},
        {"[[a]]\n[a]", 6, "this table is defined twice"},
        {"a = []\n[[a]]", 7, "this is no list of tables"},
        {"a = 1\n[a.b]", 6, "this header goes through a value that is not a table"},
        {"a = {}\n[a.b]", 7, "this header goes through a value that is not a table"},
        {"[a.b]\n[a]\nb.c = 1", 10, "a dotted key cannot add to what is defined elsewhere"},
        {"a = {b = 1\n}", 10, "expected ',' or '}'"},
        {"a = [1 2]", 7, "expected ',' or ']'"},
        {"[a", 2, "expected ']'"},
        {"[[a]", 4, "expected ']]'"},
        {"'''a''' = 1", 0, "a key may not span lines"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_fault(CASES[i].text, CASES[i].at, CASES[i].message);
    }
}

static Str repeat(Arena *arena, const char *part, size_t count, const char *end)
{
    Buffer text = {0};
    for (size_t i = 0; i < count; i++) {
        buffer_append_c(&text, part);
    }
    buffer_append_c(&text, end);
    Str copy = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return copy;
}

TEST(nesting_is_bounded_whatever_makes_it)
{
    static const char *const CASES[][3] = {{"a = ", "[", ""},
                                           {"a = ", "{a = ", ""},
                                           {"[a", ".a", "]\n"},
                                           {"a", ".a", " = 1"},
                                           {"[a.a.a.a.a.a.a.a.a.a]\na", ".a", " = 1"}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Err err = {0};
        Str deep = repeat(arena, CASES[i][1], 100000, CASES[i][2]);
        Str text = str_format(arena, "%s%.*s", CASES[i][0], STR_ARG(deep));
        assert_null(toml_parse(arena, text, &err));
        assert_int_equal(err.code, ERR_LIMIT);
        assert_string_equal(err.text, "nested deeper than 64");
        arena_free(arena);
    }
}

TEST(keys_of_a_table_are_bounded)
{
    Arena *arena = arena_new();
    Buffer text = {0};
    Err err = {0};
    for (int i = 0; i < TOML_MAX_KEYS; i++) {
        buffer_append_format(&text, "k%d = 1\n", i);
    }
    assert_non_null(toml_parse(arena, buffer_str(&text), &err));
    buffer_append_c(&text, "more = 1\n");
    assert_null(toml_parse(arena, buffer_str(&text), &err));
    assert_int_equal(err.code, ERR_LIMIT);
    buffer_done(&text);
    arena_free(arena);
}

TEST(a_value_tells_where_it_stands)
{
    Arena *arena = arena_new();
    Err err = {0};
    Str text = STR("[t]\n  a = 'x'\nb = [\n 7]\n");
    const Json *table = json_get(toml_parse(arena, text, &err), STR("t"));
    assert_int_equal(table->at, 0);
    const Json *a = json_get(table, STR("a"));
    assert_int_equal(a->at, 10);
    assert_true(str_equal(a->raw, STR("'x'")));
    assert_ptr_equal(a->text.ptr, text.ptr + 11); /* borrowed */
    assert_int_equal(json_get(table, STR("b"))->first->at, 21);
    arena_free(arena);
}

RUN_TESTS(CASE(values_become_json), CASE(strings_of_all_four_kinds),
          CASE(headers_build_tables_and_lists_of_tables), CASE(faults_are_named_with_their_place),
          CASE(nesting_is_bounded_whatever_makes_it), CASE(keys_of_a_table_are_bounded),
          CASE(a_value_tells_where_it_stands))
