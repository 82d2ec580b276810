#include "base/timestamp.h"
#include "compile/field_literal.h"
#include "unit.h"

static Value text(const char *c)
{
    return value_string(str_from_c(c));
}

TEST(literals_as_each_type_takes_them)
{
    static const double HALF = 0.5;
    const struct {
        FieldType type;
        Value written;
        bool fits;
        Value wanted;
        CompareAs as;
    } cases[] = {
        {FIELD_UNKNOWN, text("5"), true, text("5"), COMPARE_AS_VALUE},
        {FIELD_UNKNOWN, value_int(5), true, value_int(5), COMPARE_AS_VALUE},
        {FIELD_KEYWORD, value_int(5), true, text("5"), COMPARE_AS_VALUE},
        {FIELD_KEYWORD, value_bool(true), true, text("true"), COMPARE_AS_VALUE},
        {FIELD_FLATTENED, value_double(HALF), true, text("0.5"), COMPARE_AS_VALUE},
        {FIELD_LONG, text("5"), true, value_int(5), COMPARE_AS_VALUE},
        {FIELD_LONG, value_double(HALF), true, value_double(HALF), COMPARE_AS_VALUE},
        {FIELD_LONG, text("5x"), false, text("5x"), COMPARE_AS_VALUE},
        {FIELD_LONG, text(""), false, text(""), COMPARE_AS_VALUE},
        {FIELD_LONG, value_bool(true), false, value_bool(true), COMPARE_AS_VALUE},
        {FIELD_DOUBLE, text("1e3"), true, value_double(1000), COMPARE_AS_VALUE},
        {FIELD_DOUBLE, text("9223372036854775808"), true, value_double(0x1p63), COMPARE_AS_VALUE},
        {FIELD_BOOLEAN, text("true"), true, value_bool(true), COMPARE_AS_VALUE},
        {FIELD_BOOLEAN, text("TRUE"), false, text("TRUE"), COMPARE_AS_VALUE},
        {FIELD_BOOLEAN, value_int(1), false, value_int(1), COMPARE_AS_VALUE},
        {FIELD_IP, text("::1"), true, text("::1"), COMPARE_AS_IP},
        {FIELD_IP, text("::1/64"), true, text("::1/64"), COMPARE_AS_IP},
        {FIELD_IP, text("x"), false, text("x"), COMPARE_AS_VALUE},
        {FIELD_IP, value_int(0), false, value_int(0), COMPARE_AS_VALUE},
        {FIELD_VERSION, text("x"), true, text("x"), COMPARE_AS_VERSION},
        {FIELD_VERSION, value_double(1.5), true, text("1.5"), COMPARE_AS_VERSION},
        {FIELD_DATE, value_int(1), true, value_date(1000000), COMPARE_AS_VALUE},
        {FIELD_DATE, text("1500000000000"), true, value_date(1500000000000000000),
         COMPARE_AS_VALUE},
        {FIELD_DATE, text("1970-01-01T00:00:00.0019Z"), true, value_date(1000000),
         COMPARE_AS_VALUE},
        {FIELD_DATE_NANOS, text("1970-01-01T00:00:00.0019Z"), true, value_date(1900000),
         COMPARE_AS_VALUE},
        {FIELD_DATE, text("1969-12-31T23:59:59.9995Z"), true, value_date(-1000000),
         COMPARE_AS_VALUE},
        {FIELD_DATE, value_bool(true), false, value_bool(true), COMPARE_AS_VALUE},
        {FIELD_DATE, text("2024-13-01"), false, text("2024-13-01"), COMPARE_AS_VALUE},
        {FIELD_DATE, text("now"), false, text("now"), COMPARE_AS_VALUE},
        {FIELD_DATE, value_int(INT64_MAX), false, value_int(INT64_MAX), COMPARE_AS_VALUE},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        FieldLiteral literal = field_literal(arena, cases[i].type, cases[i].written, OP_EQUAL);
        assert_int_equal(literal.fits, cases[i].fits);
        assert_int_equal(literal.low.kind, cases[i].wanted.kind);
        assert_int_equal(value_compare(&literal.low, &cases[i].wanted), 0);
        assert_int_equal(literal.as, cases[i].as);
    }
    arena_free(arena);
}

TEST(a_block_is_no_end_of_a_range)
{
    Arena *arena = arena_new();
    assert_true(field_literal(arena, FIELD_IP, text("10.0.0.0/8"), OP_EQUAL).fits);
    assert_false(field_literal(arena, FIELD_IP, text("10.0.0.0/8"), OP_LESS).fits);
    arena_free(arena);
}

TEST(a_date_without_its_small_parts_is_a_span)
{
    static const struct {
        const char *text;
        int64_t span_ns; /* from the first to the last */
    } CASES[] = {
        {"2024", 86400 * NS_PER_SECOND - 1},
        {"2024-05", 86400 * NS_PER_SECOND - 1},
        {"2024-05-06", 86400 * NS_PER_SECOND - 1},
        {"2024-05-06T07", 3600 * NS_PER_SECOND - 1},
        {"2024-05-06T07:08", 60 * NS_PER_SECOND - 1},
        {"2024-05-06T07:08-05:30", 60 * NS_PER_SECOND - 1},
        {"2024-05-06T07:08:09", NS_PER_SECOND - 1},
        {"2024-05-06 07:08:09Z", NS_PER_SECOND - 1},
        {"2024-05-06T07:08:09,5+01:00", 0},
        {"2024-05-06T07:08:09.000000000Z", 0},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        FieldLiteral literal =
            field_literal(arena, FIELD_DATE_NANOS, text(CASES[i].text), OP_EQUAL);
        assert_true(literal.fits);
        assert_int_equal(literal.high.integer - literal.low.integer, CASES[i].span_ns);
    }
    arena_free(arena);
}

RUN_TESTS(CASE(literals_as_each_type_takes_them), CASE(a_block_is_no_end_of_a_range),
          CASE(a_date_without_its_small_parts_is_a_span))
