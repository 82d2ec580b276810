#include "unit.h"

#include <math.h>

#include "base/str.h"

#define NULL_STR ((Str){NULL, 0})

TEST(order_is_by_bytes_and_prefixes_come_first)
{
    static const Str SORTED[] = {STR_INIT(""),    STR_INIT("\0"), STR_INIT("A"), STR_INIT("a"),
                                 STR_INIT("a\0"), STR_INIT("aa"), STR_INIT("b"), STR_INIT("\xc3")};
    for (size_t i = 0; i < ARRAY_LEN(SORTED); i++) {
        for (size_t j = 0; j < ARRAY_LEN(SORTED); j++) {
            int order = str_compare(SORTED[i], SORTED[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
            assert_int_equal(str_equal(SORTED[i], SORTED[j]), i == j);
        }
    }
    assert_int_equal(str_compare(NULL_STR, STR("")), 0);
    assert_true(str_equal(NULL_STR, STR("")));
}

TEST(prefix_suffix_and_ascii_case)
{
    assert_true(str_starts_with(STR("process.name"), STR("process.")));
    assert_true(str_starts_with(STR("x"), STR("")));
    assert_true(str_starts_with(NULL_STR, NULL_STR));
    assert_false(str_starts_with(STR("pro"), STR("process")));
    assert_true(str_ends_with(STR("a.exe"), STR(".exe")));
    assert_false(str_ends_with(STR("exe"), STR(".exe")));
    assert_true(str_equal_ascii_case(STR("AbZ@[`{"), STR("aBz@[`{")));
    assert_false(str_equal_ascii_case(STR("@"), STR("`")));
    assert_false(str_equal_ascii_case(STR("\xc3\x84"), STR("\xc3\xa4")));
    assert_false(str_equal_ascii_case(STR("a"), STR("ab")));
}

TEST(slices_are_cut_to_the_text)
{
    static const struct {
        size_t from;
        size_t to;
        Str expected;
    } CASES[] = {{0, 3, STR_INIT("abc")}, {1, 2, STR_INIT("b")}, {2, 99, STR_INIT("c")},
                 {3, 3, STR_INIT("")},    {9, 12, STR_INIT("")}, {2, 1, STR_INIT("")}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_true(
            str_equal(str_slice(STR("abc"), CASES[i].from, CASES[i].to), CASES[i].expected));
    }
    assert_int_equal(str_slice(NULL_STR, 0, 5).len, 0);
}

TEST(find_gives_the_first_place_from_there_on)
{
    static const struct {
        Str text;
        Str needle;
        size_t from;
        bool found;
        size_t at;
    } CASES[] = {
        {STR_INIT("abcabc"), STR_INIT("bc"), 0, true, 1},
        {STR_INIT("abcabc"), STR_INIT("bc"), 2, true, 4},
        {STR_INIT("abcabc"), STR_INIT("bc"), 5, false, 0},
        {STR_INIT("abc"), STR_INIT(""), 3, true, 3},
        {STR_INIT("abc"), STR_INIT(""), 4, false, 0},
        {STR_INIT("abc"), STR_INIT("abcd"), 0, false, 0},
        {{NULL, 0}, STR_INIT("a"), 0, false, 0},
        {{NULL, 0}, STR_INIT(""), 0, true, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        size_t at = 0;
        assert_int_equal(str_find(CASES[i].text, CASES[i].needle, CASES[i].from, &at),
                         CASES[i].found);
        assert_int_equal(at, CASES[i].at);
    }
    size_t at = 0;
    assert_true(str_find_byte(STR("a.b.c"), '.', 2, &at));
    assert_int_equal(at, 3);
    assert_false(str_find_byte(STR("a.b.c"), '.', 4, &at));
    assert_false(str_find_byte(STR("a.b.c"), '.', 99, &at));
}

TEST(trim_takes_blanks_at_both_ends_only)
{
    assert_true(str_equal(str_trim(STR(" \t\r\n a b\n")), STR("a b")));
    assert_true(str_equal(str_trim(STR("  ")), STR("")));
    assert_true(str_equal(str_trim(STR("\va")), STR("\va")));
}

TEST(split_gives_empty_parts_too)
{
    static const struct {
        Str text;
        size_t count;
        Str parts[4];
    } CASES[] = {
        {STR_INIT("a,,b"), 3, {STR_INIT("a"), STR_INIT(""), STR_INIT("b")}},
        {STR_INIT(""), 1, {STR_INIT("")}},
        {STR_INIT(","), 2, {STR_INIT(""), STR_INIT("")}},
        {STR_INIT("abc"), 1, {STR_INIT("abc")}},
        {{NULL, 0}, 0, {{NULL, 0}}},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Str rest = CASES[i].text;
        Str part;
        size_t count = 0;
        while (str_split(&rest, ',', &part)) {
            assert_true(count < CASES[i].count);
            assert_true(str_equal(part, CASES[i].parts[count]));
            count++;
        }
        assert_int_equal(count, CASES[i].count);
    }
}

TEST(made_texts_live_in_the_arena_and_end_in_nul)
{
    Arena *arena = arena_new();
    char source[] = "abc";
    Str copy = str_copy(arena, str_from_c(source));
    source[0] = 'x';
    assert_string_equal(copy.ptr, "abc");
    assert_string_equal(str_to_c(arena, NULL_STR), "");
    assert_string_equal(str_to_c(arena, (Str){"abcdef", 2}), "ab");
    Str formatted = str_format(arena, "%s:%d", "x", 42);
    assert_true(str_equal(formatted, STR("x:42")));
    assert_int_equal(str_format(arena, "%0*d", 5000, 1).len, 5000);

    Str parts[] = {STR("a"), NULL_STR, STR("bc")};
    assert_true(str_equal(str_join(arena, parts, 3, STR(", ")), STR("a, , bc")));
    assert_true(str_equal(str_join(arena, parts, 3, NULL_STR), STR("abc")));
    assert_true(str_equal(str_join(arena, parts, 1, STR("-")), STR("a")));
    assert_int_equal(str_join(arena, NULL, 0, STR("-")).len, 0);
    arena_free(arena);
}

TEST(signed_numbers_are_whole_texts_in_range)
{
    static const struct {
        Str text;
        bool fine;
        int64_t value;
    } CASES[] = {
        {STR_INIT("0"), true, 0},
        {STR_INIT("-0"), true, 0},
        {STR_INIT("007"), true, 7},
        {STR_INIT("9223372036854775807"), true, INT64_MAX},
        {STR_INIT("-9223372036854775808"), true, INT64_MIN},
        {STR_INIT("9223372036854775808"), false, 0},
        {STR_INIT("-9223372036854775809"), false, 0},
        {STR_INIT("99999999999999999999"), false, 0},
        {STR_INIT(""), false, 0},
        {STR_INIT("-"), false, 0},
        {STR_INIT("--1"), false, 0},
        {STR_INIT("+1"), false, 0},
        {STR_INIT(" 1"), false, 0},
        {STR_INIT("1 "), false, 0},
        {STR_INIT("1.0"), false, 0},
        {STR_INIT("1\0"), false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        int64_t value = 0;
        assert_int_equal(str_to_i64(CASES[i].text, &value), CASES[i].fine);
        assert_int_equal(value, CASES[i].value);
    }
}

TEST(unsigned_numbers_reach_their_maximum)
{
    uint64_t value = 0;
    assert_true(str_to_u64(STR("18446744073709551615"), &value));
    assert_true(value == UINT64_MAX);
    value = 5;
    assert_false(str_to_u64(STR("18446744073709551616"), &value));
    assert_false(str_to_u64(STR("-1"), &value));
    assert_false(str_to_u64(NULL_STR, &value));
    assert_int_equal(value, 5);
}

TEST(doubles_are_json_numbers_with_a_sign_or_a_bare_point)
{
    static const struct {
        Str text;
        bool fine;
        double value;
    } CASES[] = {
        {STR_INIT("0"), true, 0.0},
        {STR_INIT("-1.5"), true, -1.5},
        {STR_INIT("+1.5e3"), true, 1500.0},
        {STR_INIT(".5"), true, 0.5},
        {STR_INIT("-.5E-1"), true, -0.05},
        {STR_INIT("1e-400"), true, 0.0},
        {STR_INIT("9007199254740993"), true, 9007199254740992.0},
        {STR_INIT("1.7976931348623157e308"), true, 1.7976931348623157e308},
        {STR_INIT("0.1000000000000000055511151231257827021181583404541015625"), true, 0.1},
        {STR_INIT("1e309"), false, 0},
        {STR_INIT("1."), false, 0},
        {STR_INIT("."), false, 0},
        {STR_INIT(""), false, 0},
        {STR_INIT("-"), false, 0},
        {STR_INIT("01"), false, 0},
        {STR_INIT("-00.5"), false, 0},
        {STR_INIT("0x10"), false, 0},
        {STR_INIT("inf"), false, 0},
        {STR_INIT("nan"), false, 0},
        {STR_INIT("1e"), false, 0},
        {STR_INIT("1e+"), false, 0},
        {STR_INIT("1 "), false, 0},
        {STR_INIT(" 1"), false, 0},
        {STR_INIT("1,5"), false, 0},
        {STR_INIT("1\0"), false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        double value = 0;
        assert_int_equal(str_to_double(CASES[i].text, &value), CASES[i].fine);
        assert_true(value == CASES[i].value);
    }
}

TEST(long_numbers_are_read_to_the_last_digit)
{
    enum { LEN = 800 };
    char text[LEN];
    memset(text, '0', sizeof text);
    memcpy(text, "9007199254740993.", 17); /* half way between two doubles: goes to even, down */
    double value = 0;
    assert_true(str_to_double((Str){text, LEN}, &value));
    assert_true(value == 9007199254740992.0);
    text[LEN - 1] = '1'; /* a little more than half way */
    assert_true(str_to_double((Str){text, LEN}, &value));
    assert_true(value == 9007199254740994.0);
}

RUN_TESTS(CASE(order_is_by_bytes_and_prefixes_come_first), CASE(prefix_suffix_and_ascii_case),
          CASE(slices_are_cut_to_the_text), CASE(find_gives_the_first_place_from_there_on),
          CASE(trim_takes_blanks_at_both_ends_only), CASE(split_gives_empty_parts_too),
          CASE(made_texts_live_in_the_arena_and_end_in_nul),
          CASE(signed_numbers_are_whole_texts_in_range), CASE(unsigned_numbers_reach_their_maximum),
          CASE(doubles_are_json_numbers_with_a_sign_or_a_bare_point),
          CASE(long_numbers_are_read_to_the_last_digit))
