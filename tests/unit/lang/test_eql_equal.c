#include "eql_shape.h"

static bool equal(const char *a, const char *b)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    const EqlQuery *first = eql_parse(arena, str_from_c(a), &diagnostics);
    const EqlQuery *second = eql_parse(arena, str_from_c(b), &diagnostics);
    assert_non_null(first);
    assert_non_null(second);
    bool result = eql_equal(first, second);
    assert_int_equal(eql_equal(second, first), result);
    arena_free(arena);
    return result;
}

TEST(spelling_makes_no_difference)
{
    static const char *const CASES[][2] = {
        {"a where b", "a  where\n(b) // c"},
        {"\"a\" where `b`.c", "a where b.c"},
        {"a where b == \"\"\"x\\y\"\"\"", "a where b == \"x\\\\y\""},
        {"a where b : (\"x\")", "a where b : \"x\""},
        {"a where b or c or d", "a where (b or c) or d"},
        {"a where b == 012", "a where b == 12"},
        {"sequence with maxspan=60s [a where b] [c where d]",
         "sequence with maxspan=1 m [a where b] [c where d]"},
        {"sequence with matches=latest [a where b] [c where d]",
         "sequence [a where b] [c where d]"},
        {"sequence with matches=all, maxspan=1m [a where b] [c where d]",
         "sequence with maxspan=1m, matches=all [a where b] [c where d]"},
        {"sequence [a where b] with runs=1 [c where d]", "sequence [a where b] [c where d]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_true(equal(CASES[i][0], CASES[i][1]));
    }
}

TEST(every_part_makes_a_difference)
{
    static const char *const CASES[][2] = {
        {"a where b", "c where b"},
        {"any where b", "\"any\" where b"},
        {"a where b", "a where ?b"},
        {"a where b", "a where c"},
        {"a where b", "a where b()"},
        {"a where b[0]", "a where `b[0]`"},
        {"a where b == 1", "a where b == 1.0"},
        {"a where b == 1.5", "a where b == 2.5"},
        {"a where b == 1", "a where b == 2"},
        {"a where b == \"x\"", "a where b == \"X\""},
        {"a where b == null", "a where b == true"},
        {"a where b == false", "a where b == true"},
        {"a where b == c", "a where b != c"},
        {"a where b == c", "a where c == b"},
        {"a where b in (1)", "a where b not in (1)"},
        {"a where b in (1)", "a where b in~ (1)"},
        {"a where b in (1)", "a where b in (1, 1)"},
        {"a where b in (1, 2)", "a where b in (2, 1)"},
        {"a where b : \"x\"", "a where b like~ \"x\""},
        {"a where b like \"x\"", "a where b like~ \"x\""},
        {"a where b like \"x\"", "a where b regex \"x\""},
        {"a where f(b)", "a where f~(b)"},
        {"sequence with maxspan=1m, matches=all [a where b] [c where d]",
         "sequence with maxspan=1m, matches=starts [a where b] [c where d]"},
        {"sequence with matches=starts [a where b] [c where d]",
         "sequence [a where b] [c where d]"},
        {"a where not b", "a where -b"},
        {"a where not b", "a where not not b"},
        {"a where b or c or d", "a where b or (c or d)"},
        {"a where child of [b where c]", "a where child of [b where d]"},
        {"a where child of [b where c]", "a where event of [b where c]"},
        {"a where b | head 1", "a where b | tail 1"},
        {"a where b | head 1", "a where b | head 2"},
        {"a where b | head 1", "a where b"},
        {"sequence [a where b] [c where d]", "join [a where b] [c where d]"},
        {"sequence [a where b] [c where d]", "sequence [a where b] [c where d] with runs=2"},
        {"sequence [a where b] [c where d]", "sequence [a where b] [c where d] [e where f]"},
        {"sequence [a where b] [c where d]", "sequence [a where b] [c where d] until [e where f]"},
        {"sequence [a where b] [c where d] until [e where g]",
         "sequence [a where b] [c where d] until [e where f]"},
        {"sequence [a where b] [c where d]", "sequence with maxspan=1s [a where b] [c where d]"},
        {"sequence with maxspan=2s [a where b] [c where d]",
         "sequence with maxspan=1s [a where b] [c where d]"},
        {"sequence with maxspan=1s [a where b] [c where d] [e where f]",
         "sequence with maxspan=1s [a where b] ![c where d] [e where f]"},
        {"sequence by x [a where b] [c where d]", "sequence [a where b] by x [c where d] by x"},
        {"sequence by x [a where b] [c where d]", "sequence by y [a where b] [c where d]"},
        {"sequence [a where b] by x [c where d] by x",
         "sequence [a where b] by x [c where d] by y"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        if (equal(CASES[i][0], CASES[i][1])) {
            fail_msg("%s is equal to %s", CASES[i][0], CASES[i][1]);
        }
    }
}

RUN_TESTS(CASE(spelling_makes_no_difference), CASE(every_part_makes_a_difference))
