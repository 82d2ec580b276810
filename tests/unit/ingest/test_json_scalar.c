#include "unit.h"

#include "ingest/json_scalar.h"

TEST(numbers_are_those_of_the_standard)
{
    static const char *const GOOD[] = {"0",
                                       "-0",
                                       "7",
                                       "-12",
                                       "0.5",
                                       "10.25",
                                       "1e1",
                                       "1E+10",
                                       "-1.5e-300",
                                       "1e99999",
                                       "123456789012345678901234567890"};
    static const char *const BAD[] = {"-",        "+1",  "01",    "-01", ".5",  "1.", "1.e1",
                                      "1e",       "1e+", "1e1.5", "0x1", "1_0", "1 ", "--1",
                                      "Infinity", "NaN", "1,",    "00",  "e1"};
    for (size_t i = 0; i < ARRAY_LEN(GOOD); i++) {
        assert_true(json_number_check(GOOD[i], GOOD[i] + strlen(GOOD[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
        assert_false(json_number_check(BAD[i], BAD[i] + strlen(BAD[i])));
    }
}

TEST(words_are_exact)
{
    static const char *const GOOD[] = {"true", "false", "null", "\"\"", "\"x\""};
    static const char *const BAD[] = {"t",   "tru",   "truex",     "TRUE", "fals",   "falsey",
                                      "nul", "nulll", "undefined", "'x'",  "\"x\":", "}"};
    for (size_t i = 0; i < ARRAY_LEN(GOOD); i++) {
        assert_true(json_scalar_check(GOOD[i], GOOD[i] + strlen(GOOD[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
        assert_false(json_scalar_check(BAD[i], BAD[i] + strlen(BAD[i])));
    }
}

TEST(escapes_are_seen_within_the_string_only)
{
    static const char TEXT[] = "0123456789abcdefghij\\klmnopqrstuvwxyz";
    for (size_t from = 0; from < 22; from++) {
        for (size_t len = 0; from + len < 24; len++) {
            bool expected = from <= 20 && from + len > 20;
            assert_int_equal(json_has_escape((Str){TEXT + from, len}), expected);
        }
    }
}

RUN_TESTS(CASE(numbers_are_those_of_the_standard), CASE(words_are_exact),
          CASE(escapes_are_seen_within_the_string_only))
