#include "unit.h"

#include "base/similar.h"

TEST(near_names_are_offered_the_nearest_first)
{
    static const Str KNOWN[] = {STR_INIT("head"), STR_INIT("tail"), STR_INIT("hear"),
                                STR_INIT("unique")};
    static const struct {
        const char *name;
        const char *hint;
    } CASES[] = {{"hed", ", did you mean any of [head, hear]?"},
                 {"heer", ", did you mean any of [hear, head]?"},
                 {"tal", ", did you mean [tail]?"},
                 {"uniq", ", did you mean [unique]?"},
                 {"sort", ""},
                 {"", ""},
                 {"head", ", did you mean any of [head, hear]?"}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Str hint = similar_hint(arena, str_from_c(CASES[i].name), KNOWN, ARRAY_LEN(KNOWN));
        assert_true(str_equal(hint, str_from_c(CASES[i].hint)));
        arena_free(arena);
    }
}

TEST(half_alike_is_just_enough)
{
    static const struct {
        const char *a;
        const char *b;
        bool alike;
    } CASES[] = {{"ab", "ax", true},     {"abc", "axy", false},      {"abcd", "abxy", true},
                 {"abcd", "ab", true},   {"abcd", "a", false},       {"abcde", "abxyz", false},
                 {"aXbX", "XaXb", true}, {"match", "match___", true}};
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Str b = str_from_c(CASES[i].b);
        bool alike = similar_hint(arena, str_from_c(CASES[i].a), &b, 1).len > 0;
        assert_int_equal(alike, CASES[i].alike);
    }
    arena_free(arena);
}

TEST(only_the_nearest_are_kept_and_each_once)
{
    static const char *const OFFERED[] = {"alp", "alpha", "alphb", "alpha", "alphc", "zeta"};
    Arena *arena = arena_new();
    Similar similar = {.arena = arena, .name = STR("alphc"), .least = SIMILAR_LEAST, .limit = 3};
    for (size_t i = 0; i < ARRAY_LEN(OFFERED); i++) {
        similar_offer(&similar, str_from_c(OFFERED[i]));
    }
    Str hint = similar_did_you_mean(&similar);
    assert_true(str_equal(hint, STR(", did you mean any of [alphc, alpha, alphb]?")));
    arena_free(arena);
}

TEST(long_names_are_like_nothing_but_themselves)
{
    static char name[1000];
    memset(name, 'a', sizeof name);
    Arena *arena = arena_new();
    for (size_t len = SIMILAR_MAX_BYTES; len <= SIMILAR_MAX_BYTES + 1; len++) {
        Str known = {name, len};
        Str shorter = {name, len - 1};
        bool compared = len == SIMILAR_MAX_BYTES;
        assert_true(similar_hint(arena, known, &known, 1).len > len);
        assert_int_equal(similar_hint(arena, known, &shorter, 1).len > 0, compared);
    }
    arena_free(arena);
}

RUN_TESTS(CASE(near_names_are_offered_the_nearest_first), CASE(half_alike_is_just_enough),
          CASE(only_the_nearest_are_kept_and_each_once),
          CASE(long_names_are_like_nothing_but_themselves))
