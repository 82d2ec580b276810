#include "unit.h"

#include "lang/similar.h"

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

TEST(long_names_are_not_compared)
{
    static char name[1000];
    memset(name, 'a', sizeof name);
    Str known = {name, sizeof name};
    Arena *arena = arena_new();
    assert_int_equal(similar_hint(arena, known, &known, 1).len, 0);
    known.len = 128;
    assert_true(similar_hint(arena, known, &known, 1).len > 128);
    arena_free(arena);
}

RUN_TESTS(CASE(near_names_are_offered_the_nearest_first), CASE(long_names_are_not_compared))
