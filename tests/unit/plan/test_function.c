#include "unit.h"

#include "plan/function.h"

TEST(names_are_found_whatever_their_case)
{
    static const char *const SPELLINGS[] = {"startsWith", "startswith", "STARTSWITH"};
    for (size_t i = 0; i < ARRAY_LEN(SPELLINGS); i++) {
        FunctionId id = FUNCTION_COUNT;
        assert_true(function_find(str_from_c(SPELLINGS[i]), &id));
        assert_int_equal(id, FUNCTION_STARTS_WITH);
    }
}

TEST(what_is_no_function_is_not_found)
{
    static const char *const SPELLINGS[] = {"", "wildcard", "startsWith~", "lengths", "lengt"};
    for (size_t i = 0; i < ARRAY_LEN(SPELLINGS); i++) {
        FunctionId id = FUNCTION_COUNT;
        assert_false(function_find(str_from_c(SPELLINGS[i]), &id));
        assert_int_equal(id, FUNCTION_COUNT);
    }
}

TEST(every_line_of_the_table_is_sound)
{
    static const char *const KINDS = "SNAIBPFVCsnaibp";
    for (uint32_t i = 0; i < FUNCTION_COUNT; i++) {
        const Function *function = function_get((FunctionId)i);
        FunctionId found = FUNCTION_COUNT;
        assert_true(function_find(function->name, &found));
        assert_int_equal(found, i);
        assert_true(function->fewest >= 1 && function->fewest <= function->most);
        assert_true(strlen(function->kinds) >= 1);
        assert_int_equal(strspn(function->kinds, KINDS), strlen(function->kinds));
        assert_non_null(strchr("SNB", function->result));
    }
}

RUN_TESTS(CASE(names_are_found_whatever_their_case), CASE(what_is_no_function_is_not_found),
          CASE(every_line_of_the_table_is_sound))
