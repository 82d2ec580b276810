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
        {"a = 1.50\nb = 1e3\nc = -2.5E-1_0", "{\"a\":1.50,\"b\":1e3,\"c\":-2.5E-10}"},
        {"a = +0.5_0\nb = -0.0\nc = -9223372036854775808",
         "{\"a\":0.50,\"b\":-0.0,\"c\":-9223372036854775808}"},
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
        {"a = '''x\r\ny'''", "{\"a\":\"x\\ny\"}"},
        {"a = \"\"", "{\"a\":\"\"}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_tree(CASES[i][0], CASES[i][1]);
    }
}

TEST(headers_build_tables_and_lists_of_tables)
{
    static const char *const CASES[][2] = {
        {"z = 1\nb.d = 2\na = 3\nb.c = 4", "{\"z\":1,\"b\":{\"d\":2,\"c\":4},\"a\":3}"},
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
        {"a = 1 b = 2", 6, "key-value pair: expected a comment or whitespace, saw 'b'"},
        {"a 1", 2, "key-value pair: expected '=', saw '1'"},
        {"= 1", 0, "root table: expected keys, tables, whitespace or comments, saw '='"},
        {"a = ", 4, "key-value pair: encountered end-of-file"},
        {"a = yes", 4, "value: could not determine value type"},
        {"a = 01", 6, "decimal integer: leading zeroes are prohibited"},
        {"a = 1__0", 6, "decimal integer: underscores may only follow digits"},
        {"a = 9223372036854775808", 23,
         "decimal integer: '9223372036854775808' is not representable in 64 bits"},
        {"a = 2023-02-29", 14, "date: expected day between 1 and 28 (inclusive), saw 29"},
        {"a = 1\nb = -inf", 10, "inf and nan are not allowed"},
        {"a = [1, nan]", 8, "inf and nan are not allowed"},
        {"a = \"\\q\"", 6, "string: unknown escape sequence '\\q'"},
        {"a = \"\\ud800\"", 11,
         "unicode scalar sequence: unicode surrogates (U+D800 - U+DFFF) are explicitly prohibited"},
        {"a = 'x\x01'", 6,
         "literal string: control characters other than TAB (U+0009) are explicitly prohibited"},
        {"a = tru\n", 7, "boolean: expected 'true', saw 'tru?'"},
        {"a = \xff", 4, "invalid UTF-8"},
        {"a = 1\na = 2", 10, "key-value pair: cannot redefine existing integer 'a'"},
        {"[a]\n[a]", 4, "table header: cannot redefine existing table 'a'"},
        {"[[a]]\n[a]", 6, "table header: cannot redefine existing array 'a' as table"},
        {"a = {b = 1\n}", 10, "inline table: expected key or closing '}', saw '\\n'"},
        {"[a", 2, "table header: encountered end-of-file"},
        {"'''a''' = 1", 0, "key: multi-line strings are prohibited in keys"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_fault(CASES[i].text, CASES[i].at, CASES[i].message);
    }
}

TEST(a_string_without_an_end_is_told_where_it_begins)
{
    static const struct {
        const char *text;
        size_t at;
    } CASES[] = {
        {"a = \"x", 4},
        {"a = \"x\nb = 1", 4},
        {"a = 'x\r\n", 4},
        {"a = '''\nx\nb = 1", 4},
        {"a = \"\"\"x\\\"\"\"\n", 4},
        {"# \xc3\xa9\n'k' = [1, \"\xc3\xa9", 15},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_fault(CASES[i].text, CASES[i].at, "string without an end");
    }
    /* the first fault is the one to tell */
    expect_fault("a b\nc = 'x", 2, "key-value pair: expected '=', saw 'b'");
    expect_fault("a = \"\\q", 6, "string: unknown escape sequence '\\q'");
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
    assert_true(str_equal(a->text, STR("x")));
    assert_int_equal(json_get(table, STR("b"))->first->at, 21);
    arena_free(arena);
}

/* toml++ counts code points of a line, and none of a byte order mark. */
TEST(places_are_bytes_whatever_stands_before)
{
    static const char *const BEFORE[] = {
        "", "\xef\xbb\xbf", "\xef\xbb\xbf# \xc3\xa9\r\n", "\"\xf0\x9f\x98\x80\" = '\xe2\x82\xac'\n",
        "b = [1, 2]\n\n\n# \xe2\x82\xac \xe2\x82\xac \xe2\x82\xac\n"};
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(BEFORE); i++) {
        for (size_t many = 0; many < 300; many += 30) { /* past several marks */
            Str euros = repeat(arena, "\xe2\x82\xac", many, "");
            Str head = str_format(arena, "%sa = {\"%.*s\" = 1, c = ", BEFORE[i], STR_ARG(euros));
            Str raw = str_format(arena, "'%.*s'", STR_ARG(euros));
            Str text = str_format(arena, "%.*s%.*s}\nd = 7", STR_ARG(head), STR_ARG(raw));
            Err err = {0};
            const Json *root = toml_parse(arena, text, &err);
            const Json *c = json_get(json_get(root, STR("a")), STR("c"));
            assert_int_equal(c->at, head.len);
            assert_true(str_equal(c->raw, raw));
            assert_int_equal(json_get(root, STR("d"))->at, text.len - 1);
            assert_null(toml_parse(arena, head, &err));
            assert_int_equal(err.at, head.len);
        }
    }
    arena_free(arena);
}

RUN_TESTS(CASE(values_become_json), CASE(strings_of_all_four_kinds),
          CASE(headers_build_tables_and_lists_of_tables), CASE(faults_are_named_with_their_place),
          CASE(a_string_without_an_end_is_told_where_it_begins),
          CASE(nesting_is_bounded_whatever_makes_it), CASE(keys_of_a_table_are_bounded),
          CASE(a_value_tells_where_it_stands), CASE(places_are_bytes_whatever_stands_before))
