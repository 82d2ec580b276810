#include "unit.h"

#include "exec/compare.h"
#include "exec/version.h"

#define INT(n)                            \
    {                                     \
        .kind = VALUE_INT, .integer = (n) \
    }
#define REAL(n)                             \
    {                                       \
        .kind = VALUE_DOUBLE, .number = (n) \
    }
#define BOOL(b)                            \
    {                                      \
        .kind = VALUE_BOOL, .boolean = (b) \
    }
#define DATE(n)                            \
    {                                      \
        .kind = VALUE_DATE, .integer = (n) \
    }
#define TEXT(t)                                   \
    {                                             \
        .kind = VALUE_STRING, .text = STR_INIT(t) \
    }
#define NOTHING()          \
    {                      \
        .kind = VALUE_NULL \
    }

typedef struct Case {
    Value a, b;
    Order order;
} Case;

static Order turned(Order order)
{
    return order == ORDER_LESS ? ORDER_GREATER : order == ORDER_GREATER ? ORDER_LESS : order;
}

static void check(const Case *cases, size_t count, CompareAs as)
{
    for (size_t i = 0; i < count; i++) {
        Order order = compare_values(&cases[i].a, &cases[i].b, as);
        Order back = compare_values(&cases[i].b, &cases[i].a, as);
        if (order != cases[i].order || back != turned(order)) {
            fail_msg("case %zu: %d and back %d", i, (int)order, (int)back);
        }
    }
}

TEST(values_meet_across_their_kinds)
{
    static const Case CASES[] = {
        {INT(5), INT(6), ORDER_LESS},
        {INT(5), REAL(5.0), ORDER_EQUAL},
        {INT(INT64_MAX), REAL(0x1p63), ORDER_LESS},
        {TEXT("a"), TEXT("B"), ORDER_GREATER},
        {TEXT("5"), TEXT("5.0"), ORDER_LESS},
        {INT(5), TEXT("5"), ORDER_EQUAL},
        {INT(5), TEXT("5.0"), ORDER_EQUAL},
        {REAL(5.5), TEXT("55e-1"), ORDER_EQUAL},
        {INT(10), TEXT("9"), ORDER_GREATER},
        {INT(5), TEXT("5 "), ORDER_NONE},
        {INT(5), TEXT("0x5"), ORDER_NONE},
        {INT(5), TEXT("abc"), ORDER_NONE},
        {INT(5), TEXT(""), ORDER_NONE},
        {INT(INT64_MAX), TEXT("9223372036854775806"), ORDER_GREATER},
        {BOOL(true), TEXT("true"), ORDER_EQUAL},
        {BOOL(true), TEXT("false"), ORDER_GREATER},
        {BOOL(true), TEXT("TRUE"), ORDER_NONE},
        {BOOL(true), INT(1), ORDER_NONE},
        {DATE(5000000), TEXT("1970-01-01T00:00:00.005Z"), ORDER_EQUAL},
        {DATE(5000000), INT(4), ORDER_GREATER},
        {DATE(5000000), REAL(5.0), ORDER_EQUAL},
        {DATE(5000000), TEXT("yesterday"), ORDER_NONE},
        {DATE(0), BOOL(false), ORDER_NONE},
        {NOTHING(), NOTHING(), ORDER_NONE},
        {NOTHING(), INT(5), ORDER_NONE},
        {NOTHING(), TEXT("null"), ORDER_NONE},
    };
    check(CASES, ARRAY_LEN(CASES), COMPARE_AS_VALUE);
}

TEST(addresses_compare_as_addresses)
{
    static const Case CASES[] = {
        {TEXT("10.0.0.9"), TEXT("10.0.0.10"), ORDER_LESS},
        {TEXT("::ffff:10.0.0.9"), TEXT("10.0.0.9"), ORDER_EQUAL},
        {TEXT("10.0.0.9"), TEXT("host"), ORDER_NONE},
        {TEXT("10.0.0.9"), INT(10), ORDER_NONE},
    };
    check(CASES, ARRAY_LEN(CASES), COMPARE_AS_IP);
    Value inside = TEXT("10.1.2.3");
    Value outside = TEXT("11.1.2.3");
    Value block = TEXT("10.0.0.0/8");
    assert_true(compare_equal(&inside, &block, COMPARE_AS_IP));
    assert_false(compare_equal(&outside, &block, COMPARE_AS_IP));
    assert_false(compare_equal(&inside, &block, COMPARE_AS_VALUE));
    assert_false(compare_equal(&inside, &block, COMPARE_AS_ADDRESS));
    assert_false(compare_equal(&block, &block, COMPARE_AS_ADDRESS));
    check(CASES, ARRAY_LEN(CASES), COMPARE_AS_ADDRESS);
}

TEST(versions_order_as_semantic_versions)
{
    static const char *const ASCENDING[] = {"0.0.1",
                                            "1",
                                            "1.0.0-alpha",
                                            "1.0.0-alpha.1",
                                            "1.0.0-alpha.beta",
                                            "1.0.0-beta",
                                            "1.0.0-beta.2",
                                            "1.0.0-beta.11",
                                            "1.0.0-rc.1",
                                            "1.0.0",
                                            "1.0.0+a",
                                            "1.2.4",
                                            "1.11.3",
                                            "2",
                                            "99999999999999999999.0",
                                            "",
                                            "01.2",
                                            "1.",
                                            "bad",
                                            "v1.2"};
    for (size_t i = 0; i < ARRAY_LEN(ASCENDING); i++) {
        for (size_t k = 0; k < ARRAY_LEN(ASCENDING); k++) {
            int order = version_compare(str_from_c(ASCENDING[i]), str_from_c(ASCENDING[k]));
            if ((order > 0) - (order < 0) != (i > k) - (i < k)) {
                fail_msg("'%s' and '%s': %d", ASCENDING[i], ASCENDING[k], order);
            }
        }
    }
}

TEST(versions_are_told_from_other_texts)
{
    static const char *const VALID[] = {"1",   "1.2",  "1.2.3.4", "0.0",
                                        "1-a", "1-0a", "1+01",    "1-a.b+c.d"};
    static const char *const INVALID[] = {"",       "a",  "1..2", "1.a", "1-",    "1+",   "1-01",
                                          "1-a..b", " 1", "1 ",   "-1",  "1-a_b", "1.02", "1+a+b"};
    for (size_t i = 0; i < ARRAY_LEN(VALID); i++) {
        assert_true(version_is_valid(str_from_c(VALID[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(INVALID); i++) {
        if (version_is_valid(str_from_c(INVALID[i]))) {
            fail_msg("'%s' counts as a version", INVALID[i]);
        }
    }
}

TEST(comparing_with_null_gives_null_and_strangers_are_only_unequal)
{
    Value five = INT(5);
    Value word = TEXT("abc");
    Value nothing = NOTHING();
    assert_int_equal(compare_apply(OP_EQUAL, &five, &nothing, COMPARE_AS_VALUE).kind, VALUE_NULL);
    assert_int_equal(compare_apply(OP_LESS, &nothing, &five, COMPARE_AS_VALUE).kind, VALUE_NULL);
    Value equal = compare_apply(OP_EQUAL, &five, &word, COMPARE_AS_VALUE);
    assert_true(equal.kind == VALUE_BOOL && !equal.boolean);
    assert_int_equal(compare_apply(OP_LESS, &five, &word, COMPARE_AS_VALUE).kind, VALUE_NULL);
    assert_int_equal(compare_apply(OP_GREATER, &five, &word, COMPARE_AS_VALUE).kind, VALUE_NULL);
}

TEST(each_operator_takes_the_orders_it_says)
{
    static const struct {
        ExprOp op;
        bool holds[3]; /* of less, equal, greater */
    } CASES[] = {
        {OP_EQUAL, {false, true, false}},        {OP_LESS, {true, false, false}},
        {OP_LESS_EQUAL, {true, true, false}},    {OP_GREATER, {false, false, true}},
        {OP_GREATER_EQUAL, {false, true, true}},
    };
    Value five = INT(5);
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        for (int k = 0; k < 3; k++) {
            Value other = value_int(6 - k);
            Value holds = compare_apply(CASES[i].op, &five, &other, COMPARE_AS_VALUE);
            assert_true(holds.kind == VALUE_BOOL && holds.boolean == CASES[i].holds[k]);
        }
    }
}

TEST(only_whole_decimal_texts_are_numbers)
{
    static const char *const NUMBERS[] = {"5", "-5", "+5", "5.5", ".5", "1e3", "-1.5E-3"};
    static const char *const OTHERS[] = {"",      "5a",  " 5", "5 ",       "0x5",
                                         "nan",   "inf", "e5", "--5",      "1e999",
                                         "5.5.5", "-",   "1e", "deadbeef", "1_000"};
    Value out;
    for (size_t i = 0; i < ARRAY_LEN(NUMBERS); i++) {
        assert_true(compare_number_of(str_from_c(NUMBERS[i]), &out));
    }
    for (size_t i = 0; i < ARRAY_LEN(OTHERS); i++) {
        if (compare_number_of(str_from_c(OTHERS[i]), &out)) {
            fail_msg("'%s' counts as a number", OTHERS[i]);
        }
    }
}

RUN_TESTS(CASE(values_meet_across_their_kinds), CASE(addresses_compare_as_addresses),
          CASE(versions_order_as_semantic_versions), CASE(versions_are_told_from_other_texts),
          CASE(comparing_with_null_gives_null_and_strangers_are_only_unequal),
          CASE(each_operator_takes_the_orders_it_says), CASE(only_whole_decimal_texts_are_numbers))
