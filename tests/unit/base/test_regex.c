#include "unit.h"

#include "base/regex.h"
#include "base/utf8.h"
#include "naive_match.h"
#include "random.h"

static bool matches(const char *pattern, bool fold, const char *text)
{
    Arena *arena = arena_new();
    Err err = {0};
    Regex *regex = regex_compile(arena, str_from_c(pattern), fold, &err);
    if (regex == NULL) {
        fail_msg("'%s': %s at %zu", pattern, err.text, err.at);
    }
    Str given = str_from_c(text);
    given = fold ? utf8_fold(arena, given) : given;
    bool match = regex_match(regex, given, arena);
    uint64_t work = 1000000;
    RegexDfa *dfa = regex_dfa_new(arena, regex, &work);
    if (dfa != NULL && regex_dfa_match(dfa, given) != match) {
        fail_msg("'%s' and '%s': the deterministic automaton says %d", pattern, text, !match);
    }
    arena_free(arena);
    return match;
}

typedef struct Case {
    const char *pattern;
    const char *text;
    bool match;
} Case;

static void check(const Case *cases, size_t count, bool fold)
{
    for (size_t i = 0; i < count; i++) {
        if (matches(cases[i].pattern, fold, cases[i].text) != cases[i].match) {
            fail_msg("'%s' and '%s': expected %d", cases[i].pattern, cases[i].text, cases[i].match);
        }
    }
}

TEST(the_whole_text_must_fit)
{
    static const Case CASES[] = {
        {"abc", "abc", true},
        {"abc", "abcd", false},
        {"abc", "xabc", false},
        {"", "", true},
        {"", "a", false},
        {"a*", "", true},
        {"a*", "aaa", true},
        {"a+", "", false},
        {"a+", "aa", true},
        {"ab?c", "ac", true},
        {"ab?c", "abbc", false},
        {".", "\n", true},
        {".", "\xf0\x9f\x98\x80", true},
        {".", "", false},
        {"a|bc", "bc", true},
        {"a|bc", "abc", false},
        {"(a|b)c", "bc", true},
        {"()", "", true},
        {"a()b", "ab", true},
        {"(a*)*", "aaaa", true},
        {"(a*)*b", "aaaac", false},
        {"^a$", "a", false},
        {"^a$", "^a$", true},
    };
    check(CASES, ARRAY_LEN(CASES), false);
}

TEST(repetitions_are_counted)
{
    static const Case CASES[] = {
        {"a{3}", "aaa", true},       {"a{3}", "aa", false},     {"a{3}", "aaaa", false},
        {"a{2,}", "a", false},       {"a{2,}", "aaaaa", true},  {"a{1,3}", "", false},
        {"a{1,3}", "aaa", true},     {"a{1,3}", "aaaa", false}, {"a{0}", "", true},
        {"a{0}", "a", false},        {"(ab){2}", "abab", true}, {"a{2}{3}", "aaaaaa", true},
        {"a{2}{3}", "aaaaa", false}, {"a{0,0}b", "b", true},
    };
    check(CASES, ARRAY_LEN(CASES), false);
}

TEST(classes_hold_characters_and_ranges)
{
    static const Case CASES[] = {
        {"[abc]", "b", true},
        {"[abc]", "d", false},
        {"[a-c]", "b", true},
        {"[^a-c]", "b", false},
        {"[^a-c]", "\n", true},
        {"[]a]", "]", true},
        {"[a\\-z]", "-", true},
        {"[a\\-z]", "b", false},
        {"[.*]", "*", true},
        {"[\\]]", "]", true},
        {"[^^]", "^", false},
        {"[\xc3\xa4-\xc3\xb6]", "\xc3\xa5", true},
        {"[\xc3\xa4-\xc3\xb6]", "\xc3\xb7", false},
        {"[a-zA-Z_0-9]{4}", "aZ_9", true},
        {"[~&@#<\"(|]", "#", true},
    };
    check(CASES, ARRAY_LEN(CASES), false);
}

TEST(named_classes_are_ascii)
{
    static const Case CASES[] = {
        {"\\d+", "0189", true},     {"\\d", "a", false},       {"\\D", "a", true},
        {"\\D", "7", false},        {"\\w+", "aZ_9", true},    {"\\w", "-", false},
        {"\\w", "\xc3\xa4", false}, {"\\W", "\xc3\xa4", true}, {"\\s", "\t", true},
        {"\\s", "\r", true},        {"\\s", "x", false},       {"\\S", "x", true},
        {"[\\d.]+", "1.2", true},   {"[^\\d.]", "x", true},    {"[^\\d.]", ".", false},
        {"[\\D]", "x", true},       {"[\\D5]", "5", true},     {"[\\D5]", "6", false},
    };
    check(CASES, ARRAY_LEN(CASES), false);
}

TEST(texts_and_operators_of_lucene)
{
    static const Case CASES[] = {
        {"\"a.b*\"", "a.b*", true},
        {"\"a.b*\"", "axb*", false},
        {"\"\"x", "x", true},
        {"a\\.b", "a.b", true},
        {"a\\.b", "axb", false},
        {"\\\\", "\\", true},
        {"\\(", "(", true},
        {"@", "anything\n", true},
        {"@", "", true},
        {"a@b", "axyb", true},
        {"#", "", false},
        {"a|#", "a", true},
        {"~(ab)", "ab", false},
        {"~(ab)", "abc", true},
        {"~(ab)", "", true},
        {"~ab", "xb", true},
        {"~ab", "ab", false},
        {"~~a", "a", true},
        {"~~a", "b", false},
        {"~(.*x.*)", "abc", true},
        {"~(.*x.*)", "axc", false},
        {"a~(b.*)c", "abc", false},
        {"a~(b.*)c", "axc", true},
        {".*a.*&.*b.*", "xbya", true},
        {".*a.*&.*b.*", "xya", false},
        {"...&a.*&.*z", "abz", true},
        {"...&a.*&.*z", "abbz", false},
        {"~(a&b)", "a", true},
    };
    check(CASES, ARRAY_LEN(CASES), false);
}

TEST(number_ranges_compare_numbers)
{
    static const Case CASES[] = {
        {"<1-10>", "1", true},
        {"<1-10>", "10", true},
        {"<1-10>", "11", false},
        {"<1-10>", "0", false},
        {"<1-10>", "007", true},
        {"<1-10>", "", false},
        {"<0-5>", "0", true},
        {"<0-5>", "00", false},
        {"<0-10>", "000", true},
        {"<01-12>", "1", false},
        {"<01-12>", "07", true},
        {"<01-12>", "13", false},
        {"<10-1>", "5", true},
        {"<1-65535>", "65535", true},
        {"<1-65535>", "65536", false},
        {"<1-65535>", "9999", true},
        {"<95-105>", "100", true},
        {"<95-105>", "94", false},
        {"port<80-443>x", "port443x", true},
    };
    check(CASES, ARRAY_LEN(CASES), false);
}

TEST(every_number_of_a_range_is_in_it_and_no_other)
{
    Arena *arena = arena_new();
    Err err;
    Regex *regex = regex_compile(arena, STR("<37-1204>"), false, &err);
    assert_non_null(regex);
    for (int i = 0; i < 1500; i++) {
        Str text = str_format(arena, "%d", i);
        assert_int_equal(regex_match(regex, text, arena), i >= 37 && i <= 1204);
    }
    arena_free(arena);
}

TEST(operators_with_nothing_before_them_mean_themselves)
{
    static const Case CASES[] = {
        {"*a", "*a", true}, {"?", "?", true},   {"+", "+", true},   {"{", "{", true},
        {"|a", "|a", true}, {"&a", "&a", true}, {"a}", "a}", true}, {"a]", "a]", true},
        {"a>", "a>", true}, {"(*)", "*", true},
    };
    check(CASES, ARRAY_LEN(CASES), false);
}

TEST(folded_patterns_fit_every_case)
{
    static const Case CASES[] = {
        {"aBc", "AbC", true},
        {"[A-Z]+", "abc", true},
        {"[a-z]+", "ABC", true},
        {"[^a]", "A", false},
        {"[^A]", "a", false},
        {"[^A]", "b", true},
        {"\\w+", "ABC", true},
        {"\\W", "A", false},
        {"\\D", "A", true},
        {"\xc3\x89", "\xc3\xa9", true},
        {"[\xc3\x80-\xc3\x96]", "\xc3\xa9", true},
        {"\xe2\x84\xaa", "k", true},
        {"\\W", "\xe2\x84\xaa", false},
        {"\"ABC\"", "abc", true},
        {"~(A)", "a", false},
        {"[^\\W]", "Q", true},
        {"\xf0\x90\x90\x80", "\xf0\x90\x90\xa8", true},
    };
    check(CASES, ARRAY_LEN(CASES), true);
    assert_false(matches("aBc", false, "abc"));
}

TEST(what_is_wrong_is_said_with_its_place)
{
    static const struct {
        const char *pattern;
        ErrCode code;
        size_t at;
    } CASES[] = {
        {"ab(c", ERR_SYNTAX, 2},
        {"ab)c", ERR_SYNTAX, 2},
        {"a[bc", ERR_SYNTAX, 1},
        {"a{", ERR_SYNTAX, 2},
        {"a{x}", ERR_SYNTAX, 2},
        {"a{2", ERR_SYNTAX, 1},
        {"a{3,2}", ERR_SYNTAX, 1},
        {"[z-a]", ERR_SYNTAX, 1},
        {"a\\", ERR_SYNTAX, 1},
        {"a\\q", ERR_SYNTAX, 1},
        {"\"ab", ERR_SYNTAX, 0},
        {"<1-", ERR_SYNTAX, 0},
        {"<a-b>", ERR_SYNTAX, 0},
        {"<5>", ERR_SYNTAX, 0},
        {"a|", ERR_SYNTAX, 2},
        {"(a|)", ERR_SYNTAX, 0},
        {"[", ERR_SYNTAX, 1},
        {"~", ERR_SYNTAX, 1},
        {"a{99999}", ERR_LIMIT, 2},
        {"(a{1000}){1000}", ERR_LIMIT, 0},
        {"(((){9999}){9999}){9999}", ERR_LIMIT, 0},
        {"~((a|b)*a(a|b){20})", ERR_LIMIT, 0},
        {"a{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}", ERR_LIMIT, 31},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Err err = {0};
        Regex *regex = regex_compile(arena, str_from_c(CASES[i].pattern), false, &err);
        if (regex != NULL || err.code != CASES[i].code || err.at != CASES[i].at) {
            fail_msg("'%s': %d '%s' at %zu", CASES[i].pattern, err.code, err.text, err.at);
        }
        arena_free(arena);
    }
}

TEST(deep_nesting_and_long_patterns_are_refused)
{
    Arena *arena = arena_new();
    Err err = {0};
    char *deep = ARENA_MANY(arena, char, 70000);
    memset(deep, '(', 70000);
    assert_null(regex_compile(arena, (Str){deep, 1000}, false, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_int_equal(err.at, REGEX_MAX_DEPTH);
    assert_null(regex_compile(arena, (Str){deep, 70000}, false, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    arena_free(arena);
}

TEST(time_is_linear_where_backtracking_would_not_end)
{
    Arena *arena = arena_new();
    Err err;
    Regex *regex = regex_compile(arena, STR("(a|a)*(a*)*(a?){50}b"), false, &err);
    assert_non_null(regex);
    char *text = ARENA_MANY(arena, char, 20000);
    memset(text, 'a', 20000);
    assert_false(regex_match(regex, (Str){text, 20000}, arena));
    text[19999] = 'b';
    assert_true(regex_match(regex, (Str){text, 20000}, arena));
    arena_free(arena);
}

static RegexDfa *dfa_of(Arena *arena, const char *pattern, uint64_t *work)
{
    Err err = {0};
    Regex *regex = regex_compile(arena, str_from_c(pattern), false, &err);
    assert_non_null(regex);
    return regex_dfa_new(arena, regex, work);
}

TEST(a_deterministic_automaton_is_made_within_its_bounds)
{
    Arena *arena = arena_new();
    uint64_t work = 10000000;
    assert_null(dfa_of(arena, "(a|b)*a(a|b){20}", &work)); /* two million states */
    assert_true(work > 0);
    assert_non_null(dfa_of(arena, "(a|b)*a(a|b){5}", &work));
    work = 10;
    assert_null(dfa_of(arena, "abc|[d-f]*", &work));
    assert_int_equal(work, 0);
    arena_free(arena);
}

TEST(a_deterministic_automaton_jumps_over_what_changes_nothing)
{
    static const Case CASES[] = {
        {".*[\xca\xb0-\xcb\xbf]+.*", "cmd.exe /c some text without any", false},
        {".*[\xca\xb0-\xcb\xbf]+.*", "cmd.exe /c some \xca\xb0", true},
        {".*[\xca\xb0-\xcb\xbf]+.*", "\xca\xb0 and much more text behind it", true},
        {".*[\xca\xb0-\xcb\xbf]+", "\xca\xb0 and much more text behind it", false},
        {"a.*", "a\xc3\xa9 and much more text behind it", true},
        {"[^\xc3\xa9]*", "much text before \xc3\xa9 and behind it", false},
        {"[^\xc3\xa9]*x", "much text before \xc3\xa8 and behind it x", true},
    };
    Arena *arena = arena_new();
    check(CASES, ARRAY_LEN(CASES), false); /* which holds both automata against each other */
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        uint64_t work = 100000;
        assert_non_null(dfa_of(arena, CASES[i].pattern, &work));
    }
    arena_free(arena);
}

TEST(a_literal_is_in_every_match)
{
    static const struct {
        const char *pattern;
        const char *literal;
    } CASES[] = {
        {"abc", "abc"},      {".*net1.*", "net1"},
        {"ab|cd", ""},       {"x(abc)y", "xabcy"},
        {"a?bcd", "bcd"},    {"(abc)+d", "abcd"},
        {"x(abc)+", "xabc"}, {"(abc)*d", "d"},
        {"(ab){2}", "ab"},   {"[a-c]def[gh]", "def"},
        {"~(abc)x", "x"},    {"", ""},
        {"abc&abd", ""},     {"C:\\\\Prog( x)?\\\\Steam", "C:\\Prog"},
        {"[a]bc", "abc"},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Err err;
        Regex *regex = regex_compile(arena, str_from_c(CASES[i].pattern), false, &err);
        assert_non_null(regex);
        Str literal = regex_literal(regex);
        if (!str_equal(literal, str_from_c(CASES[i].literal))) {
            fail_msg("'%s': literal '%.*s'", CASES[i].pattern, STR_ARG(literal));
        }
    }
    arena_free(arena);
}

static Str random_pattern(Random *random, Arena *arena, int depth)
{
    static const char *const ATOMS[] = {"a",    "b",      "c",      ".",        "[ab]",
                                        "[^a]", "\\w",    "\"ab\"", "()",       "#",
                                        "@",    "<1-12>", "1",      "\xc3\x89", "B"};
    static const char *const AFTER[] = {"", "", "", "*", "+", "?", "{2}", "{1,2}", "{2,}"};
    static const char *const BETWEEN[] = {"", "", "", "|", "&"};
    Str text = STR("");
    uint32_t parts = 1 + random_below(random, 3);
    for (uint32_t i = 0; i < parts; i++) {
        Str atom = str_from_c(ATOMS[random_below(random, ARRAY_LEN(ATOMS))]);
        if (depth > 0 && random_below(random, 3) == 0) {
            Str inner = random_pattern(random, arena, depth - 1);
            atom = str_format(arena, "(%.*s)", STR_ARG(inner));
        }
        text = str_format(arena, "%.*s%s%s%.*s%s", STR_ARG(text),
                          i == 0 ? "" : BETWEEN[random_below(random, ARRAY_LEN(BETWEEN))],
                          random_below(random, 6) == 0 ? "~" : "", STR_ARG(atom),
                          AFTER[random_below(random, ARRAY_LEN(AFTER))]);
    }
    return text;
}

static Str random_subject(Random *random, Arena *arena)
{
    static const char *const PIECES[] = {"a",  "b",        "c", "ab",      "1",
                                         "12", "\xc3\x89", "B", "\xc3\xa9"};
    Str text = STR("");
    uint32_t parts = random_below(random, 7);
    for (uint32_t i = 0; i < parts; i++) {
        text = str_format(arena, "%.*s%s", STR_ARG(text),
                          PIECES[random_below(random, ARRAY_LEN(PIECES))]);
    }
    return text;
}

static void check_random(uint64_t seed)
{
    Random random = {seed};
    Arena *arena = arena_new();
    Err err;
    bool fold = random_below(&random, 2) == 0;
    Str pattern = random_pattern(&random, arena, 3);
    RegexBudget budget = {1000000};
    uint64_t work = 1000000;
    RegexNode *node = regex_parse(arena, pattern, fold, &budget, &err);
    Regex *regex = regex_compile(arena, pattern, fold, &err);
    RegexDfa *dfa = regex == NULL ? NULL : regex_dfa_new(arena, regex, &work);
    if (node == NULL) {
        fail_msg("'%.*s': %s at %zu", STR_ARG(pattern), err.text, err.at);
    }
    for (int i = 0; i < 10 && regex != NULL; i++) {
        Str text = random_subject(&random, arena);
        text = fold ? utf8_fold(arena, text) : text;
        NaiveText naive;
        uint32_t steps = 1000000;
        assert_true(naive_text(text, &naive));
        bool expected = naive_regex(node, &naive, &steps);
        bool match = regex_match(regex, text, arena);
        assert_true(dfa == NULL || regex_dfa_match(dfa, text) == match);
        size_t ignored = 0;
        bool has_literal = str_find(text, regex_literal(regex), 0, &ignored);
        if (steps > 0 && (match != expected || (match && !has_literal))) {
            fail_msg("seed %llu: '%.*s' and '%.*s': %d, literal '%.*s'", (unsigned long long)seed,
                     STR_ARG(pattern), STR_ARG(text), match, STR_ARG(regex_literal(regex)));
        }
    }
    arena_free(arena);
}

TEST(automaton_and_definition_agree_on_random_patterns)
{
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        check_random(seed);
    }
}

RUN_TESTS(CASE(the_whole_text_must_fit), CASE(repetitions_are_counted),
          CASE(classes_hold_characters_and_ranges), CASE(named_classes_are_ascii),
          CASE(texts_and_operators_of_lucene), CASE(number_ranges_compare_numbers),
          CASE(every_number_of_a_range_is_in_it_and_no_other),
          CASE(operators_with_nothing_before_them_mean_themselves),
          CASE(folded_patterns_fit_every_case), CASE(what_is_wrong_is_said_with_its_place),
          CASE(deep_nesting_and_long_patterns_are_refused),
          CASE(time_is_linear_where_backtracking_would_not_end), CASE(a_literal_is_in_every_match),
          CASE(a_deterministic_automaton_is_made_within_its_bounds),
          CASE(a_deterministic_automaton_jumps_over_what_changes_nothing),
          CASE(automaton_and_definition_agree_on_random_patterns))
