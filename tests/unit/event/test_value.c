#include "unit.h"

#include <math.h>

#include "event/value.h"
#include "random.h"

static Arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* "i5 d1.5 t s'x'": the values, each with a letter for its kind. */
static const char *show(Values values)
{
    static Buffer text;
    buffer_clear(&text);
    for (uint32_t i = 0; i < values.count; i++) {
        static const char KINDS[] = {'n', 'b', 'i', 'd', 't', 's'};
        Str value = value_to_text(arena, &values.items[i]);
        buffer_append_format(&text, "%s%c%.*s", i == 0 ? "" : " ", KINDS[values.items[i].kind],
                             STR_ARG(value));
    }
    buffer_append_byte(&text, '\0');
    Str shown = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return shown.ptr;
}

typedef struct Case {
    FieldType type;
    const char *json;
    const char *values;
} Case;

static void check(const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Values values =
            value_from_json(arena, str_from_c(cases[i].json), cases[i].type, STR(""), false);
        if (strcmp(show(values), cases[i].values) != 0) {
            fail_msg("%s as type %d gives '%s', not '%s'", cases[i].json, (int)cases[i].type,
                     show(values), cases[i].values);
        }
    }
}

TEST(arrays_flatten_and_lose_nulls_repeats_and_objects)
{
    static const Case CASES[] = {
        {FIELD_UNKNOWN, "[]", ""},
        {FIELD_UNKNOWN, "null", ""},
        {FIELD_UNKNOWN, "[null,[null]]", ""},
        {FIELD_UNKNOWN, "{\"a\":[1,{\"b\":\"}\\\"\"}]}", ""},
        {FIELD_UNKNOWN, "[1,{\"a\":[2]},3]", "i1 i3"},
        {FIELD_UNKNOWN, " [ \"a\" , [ \"b\", [ \"a\" ] ] , null, \"c\" ] ", "sa sb sc"},
        {FIELD_UNKNOWN, "[5,5.0,\"5\"]", "i5 s5"},
        {FIELD_UNKNOWN, "[true,false,true]", "btrue bfalse"},
        {FIELD_UNKNOWN, "[\",\",\"]\",\"\\\"\",\"\"]", "s, s] s\" s"},
        {FIELD_UNKNOWN, "[\"\\u0061\",\"a\"]", "sa"},
        {FIELD_UNKNOWN, "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,1,17,18,1.0,18.0]",
         "i1 i2 i3 i4 i5 i6 i7 i8 i9 i10 i11 i12 i13 i14 i15 i16 i17 i18"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(values_take_the_type_of_their_field)
{
    static const Case CASES[] = {
        {FIELD_UNKNOWN, "9223372036854775807", "i9223372036854775807"},
        {FIELD_UNKNOWN, "-1.5", "d-1.5"},
        {FIELD_UNKNOWN, "1e400", "s1e400"},
        {FIELD_KEYWORD, "5", "s5"},
        {FIELD_KEYWORD, "[5,5.0,true,\"true\"]", "s5 s5.0 strue"},
        {FIELD_FLATTENED, "1.50", "s1.50"},
        {FIELD_TEXT, "false", "sfalse"},
        {FIELD_VERSION, "[1.2,\"1.2\"]", "s1.2"},
        {FIELD_LONG, "\"5\"", "i5"},
        {FIELD_LONG, "\"-5.9\"", "i-5"},
        {FIELD_LONG, "5.9", "i5"},
        {FIELD_LONG, "[\"\",\"x\",true]", "sx btrue"},
        {FIELD_LONG, "18446744073709551615", "d1.8446744073709552e+19"},
        {FIELD_DOUBLE, "[5,\"5\",\"2.5\"]", "d5.0 d2.5"},
        {FIELD_BOOLEAN, "[\"true\",true,\"false\",1,\"yes\"]", "btrue bfalse i1 syes"},
        {FIELD_BOOLEAN, "\"\"", "bfalse"},
        {FIELD_IP, "\"10.0.0.1\"", "s10.0.0.1"},
        {FIELD_OTHER, "[1,\"a\"]", "i1 sa"},
        {FIELD_OBJECT, "{\"a\":1}", ""},
        {FIELD_DATE, "\"2024-05-06T07:08:09.123456789Z\"", "t2024-05-06T07:08:09.123Z"},
        {FIELD_DATE_NANOS, "\"2024-05-06T07:08:09.123456789Z\"", "t2024-05-06T07:08:09.123456789Z"},
        {FIELD_DATE, "1000", "t1970-01-01T00:00:01.000Z"},
        {FIELD_DATE, "\"1714979289123\"", "t2024-05-06T07:08:09.123Z"},
        {FIELD_DATE, "\"1969-12-31T23:59:59.9999Z\"", "t1969-12-31T23:59:59.999Z"},
        {FIELD_DATE, "[\"yesterday\",\"\",true]", "syesterday s btrue"},
        {FIELD_DATE, "9e99", "d9e+99"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(an_explicit_null_counts_as_the_null_value)
{
    Values values = value_from_json(arena, STR("[null,7]"), FIELD_LONG, STR("-1"), true);
    assert_string_equal(show(values), "i-1 i7");
    values = value_from_json(arena, STR("[]"), FIELD_LONG, STR("-1"), true);
    assert_int_equal(values.count, 0);
    values = value_from_json(arena, STR("\"\""), FIELD_LONG, STR("-1"), true);
    assert_string_equal(show(values), "i-1");
    values = value_from_json(arena, STR("null"), FIELD_KEYWORD, STR("NULL"), true);
    assert_string_equal(show(values), "sNULL");
}

TEST(broken_text_ends_too)
{
    static const char *const TEXTS[] = {"\"", "\"\\", "{", "{\"", "[", "[{", "[\"a", "}", ":", "-"};
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        /* Copied, so that a step past the end is seen. */
        Str text = str_copy(arena, str_from_c(TEXTS[i]));
        Values values = value_from_json(arena, text, FIELD_UNKNOWN, STR(""), false);
        assert_true(values.count <= 1);
    }
}

static Value some_value(Random *random)
{
    static const int64_t EDGES[] = {0,
                                    1,
                                    -1,
                                    (1LL << 53) - 1,
                                    1LL << 53,
                                    INT64_MAX,
                                    INT64_MIN,
                                    INT64_MAX - 1,
                                    -(1LL << 53),
                                    INT64_MAX - 511,
                                    INT64_MAX - 512,
                                    1LL << 62};
    static const double DOUBLES[] = {0.0,    -0.0,       0x1p63,   -0x1p63,   0x1.8p62,
                                     0.5,    -0.5,       1e300,    -1e300,    5e-324,
                                     0x1p53, 0x1p53 + 2, INFINITY, -INFINITY, NAN};
    int64_t near = EDGES[random_below(random, ARRAY_LEN(EDGES))];
    uint64_t off = random_below(random, 5);
    switch (random_below(random, 9)) {
    case 0: return value_null();
    case 1: return value_bool(random_below(random, 2) != 0);
    case 2: return value_int((int64_t)((uint64_t)near + off - 2));
    case 3: return value_double(DOUBLES[random_below(random, ARRAY_LEN(DOUBLES))]);
    case 4: return value_double((double)near + (double)off * 0.25);
    case 5: return value_int((int64_t)random_next(random) >> random_below(random, 60));
    case 6: return value_date((int64_t)((uint64_t)near + off - 2));
    default: break;
    }
    static const char ALPHABET[] = {'\0', '\1', 'a', 'b', (char)0xfe, (char)0xff};
    size_t len = random_below(random, 5);
    char *text = ARENA_MANY(arena, char, len);
    for (size_t i = 0; i < len; i++) {
        text[i] = ALPHABET[random_below(random, ARRAY_LEN(ALPHABET))];
    }
    return value_string((Str){text, len});
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void append_tail(Buffer *key, uint32_t tail)
{
    Value value = value_int(tail);
    value_append_key(key, &value);
}

TEST(keys_order_as_values_do_and_read_back)
{
    Random random = {42};
    Buffer a = {0};
    Buffer b = {0};
    for (int i = 0; i < 200000; i++) {
        if (i % 1000 == 0) {
            arena_reset(arena);
        }
        Value x = some_value(&random);
        Value y = some_value(&random);
        int order = value_compare(&x, &y);
        assert_int_equal(order, -value_compare(&y, &x));
        buffer_clear(&a);
        buffer_clear(&b);
        value_append_key(&a, &x);
        value_append_key(&b, &y);
        assert_int_equal(sign(str_compare(buffer_str(&a), buffer_str(&b))), sign(order));
        /* What follows decides only between equals. */
        append_tail(&a, 2);
        append_tail(&b, 1);
        assert_int_equal(sign(str_compare(buffer_str(&a), buffer_str(&b))),
                         order == 0 ? 1 : sign(order));
        Str rest = buffer_str(&a);
        Value read = value_read_key(arena, &rest);
        assert_int_equal(value_compare(&read, &x), 0);
        Value tail = value_read_key(arena, &rest);
        assert_int_equal(tail.integer, 2);
        assert_int_equal(rest.len, 0);
    }
    buffer_done(&a);
    buffer_done(&b);
}

TEST(order_is_transitive)
{
    Random random = {7};
    for (int i = 0; i < 200000; i++) {
        if (i % 1000 == 0) {
            arena_reset(arena);
        }
        Value x = some_value(&random);
        Value y = some_value(&random);
        Value z = some_value(&random);
        if (value_compare(&x, &y) <= 0 && value_compare(&y, &z) <= 0) {
            assert_true(value_compare(&x, &z) <= 0);
        }
    }
}

TEST(numbers_compare_exactly_at_the_edges_of_double)
{
    static const struct {
        int64_t a;
        double b;
        int order;
    } CASES[] = {
        {9007199254740993, 9007199254740992.0, 1},
        {9007199254740992, 9007199254740992.0, 0},
        {9007199254740991, 9007199254740992.0, -1},
        {INT64_MAX, 0x1p63, -1},
        {INT64_MIN, -0x1p63, 0},
        {INT64_MIN, -0x1.0000000000001p63, 1},
        {0, -0.0, 0},
        {-1, -0.5, -1},
        {1, 0.5, 1},
        {-1, -1.5, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Value a = value_int(CASES[i].a);
        Value b = value_double(CASES[i].b);
        assert_int_equal(value_compare(&a, &b), CASES[i].order);
        assert_int_equal(value_compare(&b, &a), -CASES[i].order);
    }
}

TEST(repeats_are_found_among_many)
{
    Random random = {3};
    for (uint32_t count = 0; count < 200; count += 7) {
        Values many = {ARENA_MANY(arena, Value, count), count};
        Values plain = {ARENA_MANY(arena, Value, count), 0};
        for (uint32_t i = 0; i < count; i++) {
            many.items[i] = some_value(&random);
            bool old = false;
            for (uint32_t k = 0; k < plain.count; k++) {
                old |= value_compare(&plain.items[k], &many.items[i]) == 0;
            }
            if (!old) {
                plain.items[plain.count++] = many.items[i];
            }
        }
        value_drop_repeats(&many);
        assert_int_equal(many.count, plain.count);
        for (uint32_t i = 0; i < many.count; i++) {
            assert_int_equal(value_compare(&many.items[i], &plain.items[i]), 0);
        }
    }
}

#define ARENA_CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

RUN_TESTS(ARENA_CASE(arrays_flatten_and_lose_nulls_repeats_and_objects),
          ARENA_CASE(values_take_the_type_of_their_field),
          ARENA_CASE(an_explicit_null_counts_as_the_null_value), ARENA_CASE(broken_text_ends_too),
          ARENA_CASE(keys_order_as_values_do_and_read_back), ARENA_CASE(order_is_transitive),
          ARENA_CASE(numbers_compare_exactly_at_the_edges_of_double),
          ARENA_CASE(repeats_are_found_among_many))
