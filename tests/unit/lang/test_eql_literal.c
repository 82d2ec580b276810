#include "eql_shape.h"

TEST(numbers_are_as_narrow_as_they_can_be)
{
    static const struct {
        const char *text;
        const char *shape;
    } CASES[] = {
        {"9223372036854775807", "9223372036854775807"},
        {"9223372036854775808", "9.22337e+18d"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"--9223372036854775808", "9.22337e+18d"},
        {"-9223372036854775809", "-9.22337e+18d"},
        {"-9223372036854775808.0", "-9.22337e+18d"},
        {"00012", "12"},
        {"-5", "-5"},
        {"-(5)", "-5"},
        {"--5", "5"},
        {"- 5", "-5"},
        {"+5", "5"},
        {"1.", "1d"},
        {"1.e2", "100d"},
        {".5", "0.5d"},
        {"-.5", "-0.5d"},
        {"007.25", "7.25d"},
        {"1e3", "1000d"},
        {"00", "0"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_shape(CASES[i].text, CASES[i].shape);
    }
}

TEST(constants_are_what_they_say)
{
    expect_shape("f(null, true, false, \"x\")", "(f null true false 'x')");
}

TEST(escapes_name_characters)
{
    static const struct {
        const char *text;
        const char *shape;
    } CASES[] = {
        {"\"\\b\\t\\n\\f\\r\\\"\\'\\\\\"", "'\b\t\n\f\r\"'\\'"},
        {"\"a\\u{41}z\"", "'aAz'"},
        {"\"\\u{00e9}\\u{20AC}\\u{0001F600}\"", "'\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80'"},
        {"\"C:\\\\x\\\\\"", "'C:\\x\\'"},
        {"\"\"\"C:\\x\\u{41}\"\"\"", "'C:\\x\\u{41}'"},
        {"\"\"\"a\"\"\"\"", "'a\"'"},
        {"\"\"\"a\"\"\"\"\"", "'a\"\"'"},
        {"\"\"\"\"\"\"", "''"},
        {"\"\"", "''"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_shape(CASES[i].text, CASES[i].shape);
    }
}

TEST(strings_know_how_they_were_written)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    const EqlNode *node = eql_parse_expression(arena, STR("f(\"a\", \"\"\"a\"\"\")"), &diagnostics);
    assert_non_null(node);
    assert_false(node->items[0]->raw);
    assert_true(node->items[1]->raw);
    arena_free(arena);
}

TEST(what_no_literal_can_say_is_refused)
{
    static const Refused CASES[] = {
        {"a == 'x'", "parse", 5,
         "Use double quotes [\"] to define string literals, not single quotes [']"},
        {"a == ?\"x\"", "parse", 5,
         "Use triple double quotes [\"\"\"] to define unescaped string literals, not [?\"]"},
        {"a == ?'x'", "parse", 5,
         "Use triple double quotes [\"\"\"] to define unescaped string literals, not [?']"},
        {"\"a\\u{4}\"", "parse", 0,
         "Unicode sequence should use [2-8] hex digits, [\\u{4}] has [1]"},
        {"\"\\u{000000041}\"", "parse", 0,
         "Unicode sequence should use [2-8] hex digits, [\\u{000000041}] has [9]"},
        {"\"\\u{110000}\"", "parse", 0, "Invalid unicode character code [110000]"},
        {"\"\\u{DfFf}\"", "parse", 0, "Invalid unicode character code, [DfFf] is a surrogate code"},
        {"a < 1e999", "parse", 4, "Number [1e999] is too large"},
        {"a == \"\\u{zz}\"", "syntax", 5, "token recognition error at: '\"\\u{z'"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_refused(&CASES[i], false);
    }
}

TEST(the_grammar_speaks_before_the_checks)
{
    static const Refused SYNTAX = {"a == 'x' ==", "syntax", 9,
                                   "extraneous input '==' expecting <EOF>"};
    static const Refused FIRST = {"a == 'x' and b == 1e999", "parse", 5,
                                  "Use double quotes [\"] to define string literals, not single "
                                  "quotes [']"};
    expect_refused(&SYNTAX, false);
    expect_refused(&FIRST, false);
}

RUN_TESTS(CASE(numbers_are_as_narrow_as_they_can_be), CASE(constants_are_what_they_say),
          CASE(escapes_name_characters), CASE(strings_know_how_they_were_written),
          CASE(what_no_literal_can_say_is_refused), CASE(the_grammar_speaks_before_the_checks))
