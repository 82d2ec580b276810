#include "unit.h"

#include "exec/wildcard.h"
#include "naive_match.h"
#include "random.h"

TEST(wildcards_fit_whole_texts)
{
    static const struct {
        const char *pattern;
        const char *text;
        bool fits;
    } CASES[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"**", "abc", true},
        {"?", "", false},
        {"?", "a", true},
        {"?", "\xc3\xa9", true},
        {"??", "\xc3\xa9", false},
        {"?*", "\xf0\x9f\x98\x80", true},
        {"a*", "abc", true},
        {"a*", "bac", false},
        {"*c", "abc", true},
        {"*c", "abcd", false},
        {"*b*", "abc", true},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"a*b*c", "aXbYc", true},
        {"a*b*c", "aXcYb", false},
        {"*a?b", "ab", false},
        {"*a?b", "aaab", true},
        {"*ab", "aab", true},
        {"*aab", "aaab", true},
        {"a\\*", "a\\b", true},
        {"a\\*", "a*", false},
        {"*?", "", false},
        {"*?x", "\xc3\xa9x", true},
        {"abc", "abc", true},
        {"abc", "abd", false},
        {"ab", "abc", false},
        {"*.exe", "C:\\cmd.exe", true},
        {"?:\\*", "C:\\x", true},
        {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        if (wildcard_match(str_from_c(CASES[i].pattern), str_from_c(CASES[i].text)) !=
            CASES[i].fits) {
            fail_msg("'%s' and '%s'", CASES[i].pattern, CASES[i].text);
        }
    }
}

TEST(a_nul_is_a_character_like_any_other)
{
    assert_true(wildcard_match((Str){"a*\0b", 4}, (Str){"axx\0b", 5}));
    assert_false(wildcard_match((Str){"a\0b", 3}, (Str){"a\0c", 3}));
    assert_false(wildcard_match(STR("a"), (Str){"a\0", 2}));
}

TEST(plain_texts_have_no_wildcard)
{
    assert_true(wildcard_is_plain(STR("a\\b")) && wildcard_is_plain(STR("")));
    assert_false(wildcard_is_plain(STR("a*")));
    assert_false(wildcard_is_plain(STR("?a")));
}

TEST(long_texts_that_almost_fit_take_no_time)
{
    size_t size = (size_t)1 << 20;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'a', size);
    assert_false(wildcard_match(STR("*a*a*a*a*a*a*a*a*a*ab"), (Str){text, size}));
    assert_true(wildcard_match(STR("*a*a*a*a*a*a*a*a*a*aa"), (Str){text, size}));
    /* A long piece that almost fits everywhere; at both ends with '?'. */
    char *pattern = malloc(size / 2 + 4);
    assert_non_null(pattern);
    memset(pattern, 'a', size / 2 + 4);
    pattern[0] = pattern[size / 2 + 3] = '*';
    pattern[size / 2 + 2] = 'b';
    assert_false(wildcard_match((Str){pattern, size / 2 + 4}, (Str){text, size}));
    pattern[size / 2 + 2] = '?';
    assert_true(wildcard_match((Str){pattern, size / 2 + 3}, (Str){text, size}));
    pattern[size / 2 + 1] = 'b';
    assert_false(wildcard_match((Str){pattern, size / 2 + 3}, (Str){text, size}));
    free(pattern);
    free(text);
}

static Str random_text(Random *random, char *out, const char *const *pieces, uint32_t count)
{
    size_t len = 0;
    uint32_t parts = random_below(random, 9);
    for (uint32_t i = 0; i < parts; i++) {
        const char *piece = pieces[random_below(random, count)];
        memcpy(out + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return (Str){out, len};
}

TEST(matcher_and_definition_agree)
{
    static const char *const PATTERN[] = {"a", "b", "*", "?", "\xc3\xa9", "ab", "*?"};
    static const char *const TEXT[] = {"a", "b", "\xc3\xa9", "ab", "aa"};
    Random random = {7};
    for (int i = 0; i < 100000; i++) {
        char pattern_bytes[64];
        char text_bytes[64];
        Str pattern = random_text(&random, pattern_bytes, PATTERN, ARRAY_LEN(PATTERN));
        Str text = random_text(&random, text_bytes, TEXT, ARRAY_LEN(TEXT));
        NaiveText p = {0};
        NaiveText t = {0};
        assert_true(naive_text(pattern, &p) && naive_text(text, &t));
        if (wildcard_match(pattern, text) != naive_wildcard(&p, &t)) {
            fail_msg("'%.*s' and '%.*s'", STR_ARG(pattern), STR_ARG(text));
        }
    }
}

RUN_TESTS(CASE(wildcards_fit_whole_texts), CASE(a_nul_is_a_character_like_any_other),
          CASE(plain_texts_have_no_wildcard), CASE(long_texts_that_almost_fit_take_no_time),
          CASE(matcher_and_definition_agree))
