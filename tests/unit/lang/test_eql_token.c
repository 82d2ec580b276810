#include "unit.h"

#include "lang/eql_token.h"

/* The kinds of all tokens, as messages name them, and each token's text. */
static void expect_tokens(const char *text, const char *expected)
{
    char found[1024] = "";
    size_t len = 0;
    Str whole = str_from_c(text);
    EqlToken token = eql_token_next(whole, 0);
    while (token.kind != EQL_TOKEN_END && len < sizeof found) {
        Str name = eql_token_name(token.kind);
        name = token.kind == EQL_TOKEN_BAD ? STR("BAD") : name;
        name = token.kind == EQL_TOKEN_OPEN_COMMENT ? STR("OPEN") : name;
        len +=
            (size_t)snprintf(found + len, sizeof found - len, "%s%.*s<%.*s>", len == 0 ? "" : " ",
                             STR_ARG(name), (int)token.len, text + token.at);
        if (token.kind >= EQL_TOKEN_BAD) {
            break;
        }
        token = eql_token_next(whole, token.at + token.len);
    }
    assert_string_equal(found, expected);
}

typedef struct Lexed {
    const char *text;
    const char *tokens;
} Lexed;

static void expect_all(const Lexed *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_tokens(cases[i].text, cases[i].tokens);
    }
}

TEST(keywords_are_lower_case_only)
{
    static const Lexed CASES[] = {
        {"and And or ORDER", "'and'<and> IDENTIFIER<And> 'or'<or> IDENTIFIER<ORDER>"},
        {"sequence sequences runs head", "'sequence'<sequence> IDENTIFIER<sequences> "
                                         "IDENTIFIER<runs> IDENTIFIER<head>"},
        {"in in~ in ~", "'in'<in> 'in~'<in~> 'in'<in> BAD<~>"},
        {"like~ regex~ and~ _a~",
         "'like~'<like~> 'regex~'<regex~> TILDE_IDENTIFIER<and~> IDENTIFIER<_a> BAD<~>"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(names_begin_with_a_letter_an_underscore_or_an_at_sign)
{
    static const Lexed CASES[] = {
        {"@timestamp _id a9", "IDENTIFIER<@timestamp> IDENTIFIER<_id> IDENTIFIER<a9>"},
        {"9a", "INTEGER_VALUE<9> IDENTIFIER<a>"},
        {"a@b", "IDENTIFIER<a> IDENTIFIER<@b>"},
        {"a-b", "IDENTIFIER<a> '-'<-> IDENTIFIER<b>"},
        {"\xc3\xa9", "BAD<\xc3\xa9>"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(a_doubled_backquote_is_one_inside_backquotes)
{
    static const Lexed CASES[] = {
        {"`a b`", "QUOTED_IDENTIFIER<`a b`>"},
        {"`a``b`", "QUOTED_IDENTIFIER<`a``b`>"},
        {"``", "QUOTED_IDENTIFIER<``>"},
        {"`a\nb`", "QUOTED_IDENTIFIER<`a\nb`>"},
        {"`a``", "QUOTED_IDENTIFIER<`a`> BAD<`>"},
        {"`a``b``c", "QUOTED_IDENTIFIER<`a``b`> BAD<`c>"},
        {"`a b", "BAD<`a b>"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(numbers_have_digits_on_one_side_of_the_point)
{
    static const Lexed CASES[] = {
        {"1 1. 1.5 .5", "INTEGER_VALUE<1> DECIMAL_VALUE<1.> DECIMAL_VALUE<1.5> DECIMAL_VALUE<.5>"},
        {"1e5 1.e5 .5E-3", "DECIMAL_VALUE<1e5> DECIMAL_VALUE<1.e5> DECIMAL_VALUE<.5E-3>"},
        {"1e 1e+", "INTEGER_VALUE<1> IDENTIFIER<e> INTEGER_VALUE<1> IDENTIFIER<e> '+'<+>"},
        {"a.b.1", "IDENTIFIER<a> '.'<.> IDENTIFIER<b> DECIMAL_VALUE<.1>"},
        {"30s", "INTEGER_VALUE<30> IDENTIFIER<s>"},
        {"1.2.3", "DECIMAL_VALUE<1.2> DECIMAL_VALUE<.3>"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(strings_end_on_their_line)
{
    static const Lexed CASES[] = {
        {"\"a\" \"\"", "STRING<\"a\"> STRING<\"\">"},
        {"\"a\\\"b\" c", "STRING<\"a\\\"b\"> IDENTIFIER<c>"},
        {"\"a\nb\"", "BAD<\"a\n>"},
        {"\"a", "BAD<\"a>"},
        {"\"a\\", "BAD<\"a\\>"},
        {"\"a\\xb\"", "BAD<\"a\\x>"},
        {"\"\\u{1F600}\"", "STRING<\"\\u{1F600}\">"},
        {"\"\\u{}\"", "BAD<\"\\u{}>"},
        {"\"\\u{1g}\"", "BAD<\"\\u{1g>"},
        {"\"\\u1234\"", "BAD<\"\\u1>"},
        {"\"\\\xc3\xa9\"", "BAD<\"\\\xc3\xa9>"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(raw_strings_take_two_quotes_more_at_their_end)
{
    static const Lexed CASES[] = {
        {"\"\"\"a\\b\"\"\"", "STRING<\"\"\"a\\b\"\"\">"},
        {"\"\"\"\"\"\"", "STRING<\"\"\"\"\"\">"},
        {"\"\"\"a\"\"\"\"", "STRING<\"\"\"a\"\"\"\">"},
        {"\"\"\"a\"\"\"\"\"", "STRING<\"\"\"a\"\"\"\"\">"},
        {"\"\"\"a\"\"\"\"\"\"b\"", "STRING<\"\"\"a\"\"\"\"\"> STRING<\"b\">"},
        {"\"\"\"\"a\"\"\"", "STRING<\"\"\"\"a\"\"\">"},
        {"\"\"\"a\"\"b\"\"\"", "STRING<\"\"\"a\"\"b\"\"\">"},
        {"\"\"\"a\"", "STRING<\"\"> STRING<\"a\">"},
        {"\"\"\"a\n\"\"\"", "STRING<\"\"> BAD<\"a\n>"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(old_strings_are_tokens_so_that_they_can_be_refused_well)
{
    static const Lexed CASES[] = {
        {"'a' 'it\\'s'", "STRING<'a'> STRING<'it\\'s'>"},
        {"'\\u{41}'", "BAD<'\\u>"},
        {"?\"a\\b\" ?'c'", "STRING<?\"a\\b\"> STRING<?'c'>"},
        {"?\"a\\\"b\" c", "STRING<?\"a\\\"b\"> IDENTIFIER<c>"},
        {"?\"a\\\"b c", "STRING<?\"a\\\"> IDENTIFIER<b> IDENTIFIER<c>"},
        {"?\"a", "'?'<?> BAD<\"a>"},
        {"?a", "'?'<?> IDENTIFIER<a>"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(the_longer_sign_wins)
{
    static const Lexed CASES[] = {
        {"== = != <= < >= > :", "'=='<==> '='<=> '!='<!=> '<='<<=> '<'<<> '>='<>=> '>'<>> ':'<:>"},
        {"===", "'=='<==> '='<=>"},
        {"![", "'!['<![>"},
        {"! [", "BAD<! >"},
        {"!", "BAD<!>"},
        {"<=>", "'<='<<=> '>'<>>"},
        {"+-*/%.,[]()|", "'+'<+> '-'<-> '*'<*> '/'</> '%'<%> '.'<.> ','<,> '['<[> ']'<]> '('<(> "
                         "')'<)> '|'<|>"},
        {"a;", "IDENTIFIER<a> BAD<;>"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(comments_nest_and_are_blanks)
{
    static const Lexed CASES[] = {
        {"a // b\nc", "IDENTIFIER<a> IDENTIFIER<c>"},
        {"a // b", "IDENTIFIER<a>"},
        {"a /* b /* c */ d */ e", "IDENTIFIER<a> IDENTIFIER<e>"},
        {"a /**/ b", "IDENTIFIER<a> IDENTIFIER<b>"},
        {"a/b", "IDENTIFIER<a> '/'</> IDENTIFIER<b>"},
        {"a /* b", "IDENTIFIER<a> OPEN</* b>"},
        {"a /*/", "IDENTIFIER<a> OPEN</*/>"},
        {"a /* b /* c */", "IDENTIFIER<a> OPEN</* b /* c */>"},
        {"", ""},
        {" \t\r\n", ""},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(nul_is_no_token)
{
    Str text = {"a\0b", 3};
    EqlToken token = eql_token_next(text, 1);
    assert_int_equal(token.kind, EQL_TOKEN_BAD);
    assert_int_equal(token.at, 1);
    assert_int_equal(token.len, 1);
}

TEST(plain_identifiers_need_no_backquotes)
{
    static const struct {
        const char *text;
        bool plain;
    } CASES[] = {{"process", true}, {"@timestamp", true}, {"_x9", true}, {"", false},
                 {"9a", false},     {"a b", false},       {"in", false}, {"sequence", false},
                 {"runs", true},    {"In", true},         {"a.b", false}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_int_equal(eql_token_is_plain_identifier(str_from_c(CASES[i].text)), CASES[i].plain);
    }
}

RUN_TESTS(CASE(keywords_are_lower_case_only),
          CASE(names_begin_with_a_letter_an_underscore_or_an_at_sign),
          CASE(a_doubled_backquote_is_one_inside_backquotes),
          CASE(numbers_have_digits_on_one_side_of_the_point), CASE(strings_end_on_their_line),
          CASE(raw_strings_take_two_quotes_more_at_their_end),
          CASE(old_strings_are_tokens_so_that_they_can_be_refused_well), CASE(the_longer_sign_wins),
          CASE(comments_nest_and_are_blanks), CASE(nul_is_no_token),
          CASE(plain_identifiers_need_no_backquotes))
