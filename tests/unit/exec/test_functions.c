#include "unit.h"

#include "base/utf8.h"
#include "exec/arithmetic.h"
#include "exec/functions.h"

#define N()                \
    {                      \
        .kind = VALUE_NULL \
    }
#define I(n)                              \
    {                                     \
        .kind = VALUE_INT, .integer = (n) \
    }
#define D(n)                                \
    {                                       \
        .kind = VALUE_DOUBLE, .number = (n) \
    }
#define B(b)                               \
    {                                      \
        .kind = VALUE_BOOL, .boolean = (b) \
    }
#define S(t)                                      \
    {                                             \
        .kind = VALUE_STRING, .text = STR_INIT(t) \
    }

#define GRIN "\xf0\x9f\x98\x80" /* one character, two UTF-16 units */

typedef struct Case {
    FunctionId function;
    bool fold;
    uint32_t count;
    Value args[5];
    Value result;
} Case;

static bool same(const Value *a, const Value *b)
{
    return a->kind == b->kind && value_compare(a, b) == 0;
}

static void check(const Case *cases, size_t count)
{
    Arena *arena = arena_new();
    for (size_t i = 0; i < count; i++) {
        const Case *one = &cases[i];
        Value result = function_apply(one->function, one->fold, one->args, one->count, arena);
        if (!same(&result, &one->result)) {
            Str text = value_to_text(arena, &result);
            fail_msg("case %zu gives '%.*s' of kind %d", i, STR_ARG(text), (int)result.kind);
        }
    }
    arena_free(arena);
}

TEST(between_takes_the_text_between_two_texts)
{
    static const Case CASES[] = {
        {FUNCTION_BETWEEN, false, 3, {S("a[b]c]"), S("["), S("]")}, S("b")},
        {FUNCTION_BETWEEN, false, 4, {S("a[b]c]"), S("["), S("]"), B(true)}, S("b]c")},
        {FUNCTION_BETWEEN, false, 4, {S("a[b]c]"), S("["), S("]"), B(false)}, S("b")},
        {FUNCTION_BETWEEN, false, 3, {S("a[b]c]"), S("("), S("]")}, S("")},
        {FUNCTION_BETWEEN, false, 3, {S("a[b]c]"), S("["), S(")")}, S("")},
        {FUNCTION_BETWEEN, false, 3, {S("]["), S("["), S("]")}, S("")},
        {FUNCTION_BETWEEN, false, 4, {S("]["), S("["), S("]"), B(true)}, S("")},
        {FUNCTION_BETWEEN, false, 4, {S("[]]]"), S("["), S("]]"), B(true)}, S("]")},
        {FUNCTION_BETWEEN, false, 4, {S("[ababab"), S("["), S("abab"), B(true)}, S("ab")},
        {FUNCTION_BETWEEN, false, 4, {S("[ab"), S("["), S("[ab"), B(true)}, S("")},
        {FUNCTION_BETWEEN, false, 3, {S("abc"), S(""), S("")}, S("abc")},
        {FUNCTION_BETWEEN, false, 4, {S("abc"), S(""), S(""), B(true)}, S("abc")},
        {FUNCTION_BETWEEN, false, 3, {S("abc"), S("c"), S("")}, S("abc")},
        {FUNCTION_BETWEEN, false, 3, {S("aXbYc"), S("x"), S("y")}, S("")},
        {FUNCTION_BETWEEN, true, 3, {S("aXByc"), S("x"), S("Y")}, S("B")},
        /* the Kelvin sign has three bytes, its folded form one */
        {FUNCTION_BETWEEN, true, 3, {S("\xe2\x84\xaa<Q>"), S("<"), S(">")}, S("Q")},
        {FUNCTION_BETWEEN, false, 3, {N(), S("["), S("]")}, N()},
        {FUNCTION_BETWEEN, false, 3, {S("a"), N(), S("]")}, N()},
        {FUNCTION_BETWEEN, false, 3, {S("a"), S("a"), N()}, N()},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(searches_find_texts)
{
    static const Case CASES[] = {
        {FUNCTION_STARTS_WITH, false, 2, {S("Foo"), S("Fo")}, B(true)},
        {FUNCTION_STARTS_WITH, false, 2, {S("Foo"), S("fo")}, B(false)},
        {FUNCTION_STARTS_WITH, true, 2, {S("Foo"), S("fO")}, B(true)},
        {FUNCTION_STARTS_WITH, true, 2, {S("\xc3\x89t"), S("\xc3\xa9")}, B(true)},
        {FUNCTION_STARTS_WITH, false, 2, {S("a"), S("")}, B(true)},
        {FUNCTION_STARTS_WITH, false, 2, {S("a"), S("ab")}, B(false)},
        {FUNCTION_STARTS_WITH, false, 2, {N(), S("a")}, N()},
        {FUNCTION_STARTS_WITH, false, 2, {S("a"), N()}, N()},
        {FUNCTION_STARTS_WITH, false, 2, {I(512), S("51")}, B(true)},
        {FUNCTION_ENDS_WITH, false, 2, {S("Foo"), S("oo")}, B(true)},
        {FUNCTION_ENDS_WITH, false, 2, {S("Foo"), S("OO")}, B(false)},
        {FUNCTION_ENDS_WITH, true, 2, {S("Foo"), S("OO")}, B(true)},
        {FUNCTION_ENDS_WITH, false, 2, {S("Foo"), S("")}, B(true)},
        {FUNCTION_STRING_CONTAINS, false, 2, {S("Foo"), S("o")}, B(true)},
        {FUNCTION_STRING_CONTAINS, false, 2, {S("Foo"), S("f")}, B(false)},
        {FUNCTION_STRING_CONTAINS, true, 2, {S("Foo"), S("f")}, B(true)},
        {FUNCTION_STRING_CONTAINS, false, 2, {S("Foo"), S("")}, B(false)},
        {FUNCTION_STRING_CONTAINS, false, 2, {S(""), S("")}, B(false)},
        {FUNCTION_STRING_CONTAINS, false, 2, {S("Foo"), N()}, N()},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(index_of_tells_places_in_utf16)
{
    static const Case CASES[] = {
        {FUNCTION_INDEX_OF, false, 2, {S("abcb"), S("b")}, I(1)},
        {FUNCTION_INDEX_OF, false, 3, {S("abcb"), S("b"), I(2)}, I(3)},
        {FUNCTION_INDEX_OF, false, 3, {S("abcb"), S("b"), N()}, I(1)},
        {FUNCTION_INDEX_OF, false, 3, {S("abcb"), S("b"), I(-9)}, I(1)},
        {FUNCTION_INDEX_OF, false, 3, {S("abcb"), S("b"), I(4)}, N()},
        {FUNCTION_INDEX_OF, false, 3, {S("abcb"), S(""), I(4)}, I(4)},
        {FUNCTION_INDEX_OF, false, 3, {S("abcb"), S(""), I(5)}, N()},
        {FUNCTION_INDEX_OF, false, 3, {S("abcb"), S("b"), I(INT64_MAX)}, N()},
        {FUNCTION_INDEX_OF, false, 2, {S("abcb"), S("")}, I(0)},
        {FUNCTION_INDEX_OF, false, 2, {S("abcb"), S("B")}, N()},
        {FUNCTION_INDEX_OF, true, 2, {S("abcb"), S("B")}, I(1)},
        {FUNCTION_INDEX_OF, false, 2, {S(GRIN "b"), S("b")}, I(2)},
        {FUNCTION_INDEX_OF,
         true,
         2,
         {S("\xe2\x84\xaa"
            "b"),
          S("B")},
         I(1)},
        {FUNCTION_INDEX_OF, false, 2, {N(), S("b")}, N()},
        {FUNCTION_INDEX_OF, false, 2, {S("b"), N()}, N()},
        {FUNCTION_INDEX_OF, false, 3, {S("b"), S("b"), S("x")}, N()},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(substring_counts_as_python_does)
{
    static const Case CASES[] = {
        {FUNCTION_SUBSTRING, false, 2, {S("hello"), I(1)}, S("ello")},
        {FUNCTION_SUBSTRING, false, 3, {S("hello"), I(1), I(3)}, S("el")},
        {FUNCTION_SUBSTRING, false, 3, {S("hello"), I(-3), I(-1)}, S("ll")},
        {FUNCTION_SUBSTRING, false, 3, {S("hello"), I(-99), I(99)}, S("hello")},
        {FUNCTION_SUBSTRING, false, 3, {S("hello"), I(3), I(1)}, S("")},
        {FUNCTION_SUBSTRING, false, 3, {S("hello"), N(), N()}, S("hello")},
        {FUNCTION_SUBSTRING, false, 3, {S("hello"), I(2), N()}, S("llo")},
        {FUNCTION_SUBSTRING, false, 3, {S("hello"), I(INT64_MIN), I(INT64_MAX)}, S("hello")},
        {FUNCTION_SUBSTRING, false, 3, {S("a" GRIN "b"), I(1), I(3)}, S(GRIN)},
        {FUNCTION_SUBSTRING, false, 3, {S("a" GRIN "b"), I(2), I(4)}, S(GRIN "b")},
        {FUNCTION_SUBSTRING, false, 2, {N(), N()}, N()},
        {FUNCTION_SUBSTRING, false, 2, {S("hello"), S("1")}, N()},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(texts_are_made_of_anything)
{
    static const Case CASES[] = {
        {FUNCTION_CONCAT, false, 1, {S("a")}, S("a")},
        {FUNCTION_CONCAT, false, 5, {S("a"), I(1), B(true), D(2.5), S("")}, S("a1true2.5")},
        {FUNCTION_CONCAT, false, 2, {S("a"), N()}, N()},
        {FUNCTION_CONCAT, false, 1, {N()}, N()},
        {FUNCTION_STRING, false, 1, {I(42)}, S("42")},
        {FUNCTION_STRING, false, 1, {D(42.5)}, S("42.5")},
        {FUNCTION_STRING, false, 1, {B(false)}, S("false")},
        {FUNCTION_STRING, false, 1, {S("x")}, S("x")},
        {FUNCTION_STRING, false, 1, {N()}, N()},
        {FUNCTION_LENGTH, false, 1, {S("")}, I(0)},
        {FUNCTION_LENGTH, false, 1, {S("a\xc3\xa9" GRIN)}, I(4)},
        {FUNCTION_LENGTH, false, 1, {I(123)}, I(3)},
        {FUNCTION_LENGTH, false, 1, {N()}, N()},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(number_reads_texts_in_a_base)
{
    static const Case CASES[] = {
        {FUNCTION_NUMBER, false, 1, {S("27")}, I(27)},
        {FUNCTION_NUMBER, false, 1, {S("+27")}, I(27)},
        {FUNCTION_NUMBER, false, 1, {S(" -2.5 ")}, D(-2.5)},
        {FUNCTION_NUMBER, false, 1, {S("1e2")}, D(100)},
        {FUNCTION_NUMBER, false, 1, {S("0xff")}, I(255)},
        {FUNCTION_NUMBER, false, 2, {S("0xff"), I(16)}, I(255)},
        {FUNCTION_NUMBER, false, 2, {S("0xff"), N()}, I(255)},
        {FUNCTION_NUMBER, false, 2, {S("0xff"), I(10)}, N()},
        {FUNCTION_NUMBER, false, 2, {S("FF"), I(16)}, I(255)},
        {FUNCTION_NUMBER, false, 2, {S("-ff"), I(16)}, I(-255)},
        {FUNCTION_NUMBER, false, 2, {S("017"), I(8)}, I(15)},
        {FUNCTION_NUMBER, false, 2, {S("8"), I(8)}, N()},
        {FUNCTION_NUMBER, false, 2, {S("zz"), I(36)}, I(35 * 36 + 35)},
        {FUNCTION_NUMBER, false, 2, {S("1"), I(1)}, N()},
        {FUNCTION_NUMBER, false, 2, {S("1"), I(37)}, N()},
        {FUNCTION_NUMBER, false, 1, {S("9223372036854775807")}, I(INT64_MAX)},
        {FUNCTION_NUMBER, false, 1, {S("-9223372036854775808")}, I(INT64_MIN)},
        {FUNCTION_NUMBER, false, 1, {S("9223372036854775808")}, D(0x1p63)},
        {FUNCTION_NUMBER, false, 2, {S("8000000000000000"), I(16)}, N()},
        {FUNCTION_NUMBER, false, 1, {S("")}, N()},
        {FUNCTION_NUMBER, false, 1, {S("-")}, N()},
        {FUNCTION_NUMBER, false, 1, {S("x")}, N()},
        {FUNCTION_NUMBER, false, 1, {S("1 2")}, N()},
        {FUNCTION_NUMBER, false, 1, {N()}, N()},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(cidr_match_looks_at_all_blocks)
{
    static const Case CASES[] = {
        {FUNCTION_CIDR_MATCH, false, 2, {S("10.1.2.3"), S("10.6.48.157/8")}, B(true)},
        {FUNCTION_CIDR_MATCH, false, 3, {S("10.1.2.3"), S("::1"), S("10.0.0.0/8")}, B(true)},
        {FUNCTION_CIDR_MATCH, false, 2, {S("11.1.2.3"), S("10.0.0.0/8")}, B(false)},
        {FUNCTION_CIDR_MATCH, false, 2, {S("host"), S("0.0.0.0/0")}, B(false)},
        {FUNCTION_CIDR_MATCH, false, 2, {S("10.1.2.3"), S("10.0.0.0/99")}, B(false)},
        {FUNCTION_CIDR_MATCH, false, 2, {N(), S("10.0.0.0/8")}, N()},
        {FUNCTION_CIDR_MATCH, false, 2, {S("10.1.2.3"), N()}, N()},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(arithmetic_keeps_whole_numbers_whole)
{
    static const Case CASES[] = {
        {FUNCTION_ADD, false, 2, {I(2), I(3)}, I(5)},
        {FUNCTION_ADD, false, 2, {I(2), D(0.5)}, D(2.5)},
        {FUNCTION_ADD, false, 2, {I(2), S("3")}, I(5)},
        {FUNCTION_ADD, false, 2, {I(2), S("x")}, N()},
        {FUNCTION_ADD, false, 2, {I(2), B(true)}, N()},
        {FUNCTION_ADD, false, 2, {I(2), N()}, N()},
        {FUNCTION_ADD, false, 2, {I(INT64_MAX), I(1)}, N()},
        {FUNCTION_ADD, false, 2, {D(1.7e308), D(1.7e308)}, N()},
        {FUNCTION_SUBTRACT, false, 2, {I(INT64_MIN), I(1)}, N()},
        {FUNCTION_SUBTRACT, false, 2, {I(2), I(3)}, I(-1)},
        {FUNCTION_MULTIPLY, false, 2, {I(-2), I(3)}, I(-6)},
        {FUNCTION_MULTIPLY, false, 2, {I(INT64_MIN), I(-1)}, N()},
        {FUNCTION_DIVIDE, false, 2, {I(4), I(3)}, I(1)},
        {FUNCTION_DIVIDE, false, 2, {I(-7), I(2)}, I(-3)},
        {FUNCTION_DIVIDE, false, 2, {I(9), D(2)}, D(4.5)},
        {FUNCTION_DIVIDE, false, 2, {I(4), I(0)}, N()},
        {FUNCTION_DIVIDE, false, 2, {D(4), D(0)}, N()},
        {FUNCTION_DIVIDE, false, 2, {I(INT64_MIN), I(-1)}, N()},
        {FUNCTION_MODULO, false, 2, {I(10), I(-6)}, I(4)},
        {FUNCTION_MODULO, false, 2, {I(-10), I(6)}, I(-4)},
        {FUNCTION_MODULO, false, 2, {I(10), D(0.5)}, D(0)},
        {FUNCTION_MODULO, false, 2, {I(INT64_MIN), I(-1)}, I(0)},
        {FUNCTION_MODULO, false, 2, {I(1), I(0)}, N()},
    };
    check(CASES, ARRAY_LEN(CASES));
    Value least = value_int(INT64_MIN);
    Value five = value_int(5);
    Value half = value_double(0.5);
    Value word = value_string(STR("x"));
    assert_int_equal(arithmetic_negate(&least).kind, VALUE_NULL);
    assert_int_equal(arithmetic_negate(&five).integer, -5);
    assert_true(arithmetic_negate(&half).number == -0.5);
    assert_int_equal(arithmetic_negate(&word).kind, VALUE_NULL);
}

TEST(folding_keeps_the_number_of_utf16_units)
{
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        assert_true((utf8_fold_one(c) > 0xffff) == (c > 0xffff));
    }
}

RUN_TESTS(CASE(between_takes_the_text_between_two_texts), CASE(searches_find_texts),
          CASE(index_of_tells_places_in_utf16), CASE(substring_counts_as_python_does),
          CASE(texts_are_made_of_anything), CASE(number_reads_texts_in_a_base),
          CASE(cidr_match_looks_at_all_blocks), CASE(arithmetic_keeps_whole_numbers_whole),
          CASE(folding_keeps_the_number_of_utf16_units))
