#include "unit.h"

#include "exec/pattern.h"

TEST(patterns_are_recognized_by_their_shape)
{
    static const struct {
        const char *text;
        PatternKind kind;
        const char *literal, *front, *back;
    } CASES[] = {
        {"abc", PATTERN_EXACT, "abc", "abc", "abc"},
        {"", PATTERN_EXACT, "", "", ""},
        {"*", PATTERN_ANY, "", "", ""},
        {"***", PATTERN_ANY, "", "", ""},
        {"abc*", PATTERN_PREFIX, "abc", "abc", ""},
        {"abc**", PATTERN_PREFIX, "abc", "abc", ""},
        {"*abc", PATTERN_SUFFIX, "abc", "", "abc"},
        {"*abc*", PATTERN_PART, "abc", "", ""},
        {"a*bcd*e", PATTERN_WILD, "bcd", "a", "e"},
        {"a?c", PATTERN_WILD, "a", "a", "c"},
        {"?", PATTERN_WILD, "", "", ""},
        {"*?*", PATTERN_WILD, "", "", ""},
        {"*ab*cde", PATTERN_WILD, "cde", "", "cde"},
        {"ab?*", PATTERN_WILD, "ab", "ab", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Pattern pattern = pattern_of_wildcards(str_from_c(CASES[i].text), false);
        if (pattern.kind != CASES[i].kind ||
            !str_equal(pattern_literal(&pattern), str_from_c(CASES[i].literal)) ||
            !str_equal(pattern_front(&pattern), str_from_c(CASES[i].front)) ||
            !str_equal(pattern_back(&pattern), str_from_c(CASES[i].back))) {
            fail_msg("'%s': kind %d", CASES[i].text, (int)pattern.kind);
        }
    }
}

TEST(a_folded_pattern_looks_at_the_folded_text)
{
    Arena *scratch = arena_new();
    Pattern exact = pattern_of_wildcards(STR("a*"), false);
    Pattern folded = pattern_of_wildcards(STR("a*"), true);
    assert_false(pattern_fits(&exact, STR("ABC"), STR("abc"), scratch));
    assert_true(pattern_fits(&folded, STR("ABC"), STR("abc"), scratch));
    arena_free(scratch);
}

RUN_TESTS(CASE(patterns_are_recognized_by_their_shape),
          CASE(a_folded_pattern_looks_at_the_folded_text))
