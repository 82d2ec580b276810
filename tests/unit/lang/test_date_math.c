#include "unit.h"

#include "base/timestamp.h"
#include "lang/date_math.h"

#define NOW "2024-03-31T10:20:30.456789Z" /* a Sunday */

static int64_t at(const char *text)
{
    int64_t ns = 0;
    assert_true(timestamp_parse(str_from_c(text), &ns));
    return ns;
}

typedef struct Dated {
    const char *text;
    const char *time;
} Dated;

static void expect_times(const Dated *cases, size_t count, bool round_up)
{
    for (size_t i = 0; i < count; i++) {
        int64_t ns = 0;
        Err err = {0};
        if (!date_math_parse(str_from_c(cases[i].text), at(NOW), round_up, &ns, &err)) {
            fail_msg("%s: %s", cases[i].text, err.text);
        }
        char text[TIMESTAMP_TEXT];
        Str printed = timestamp_print(ns, 3, text);
        if (!str_equal(printed, str_from_c(cases[i].time))) {
            fail_msg("%s is %.*s", cases[i].text, STR_ARG(printed));
        }
        assert_true(date_math_check(str_from_c(cases[i].text), &err));
    }
}

TEST(steps_go_left_to_right)
{
    static const Dated CASES[] = {
        {"now", "2024-03-31T10:20:30.456789Z"},       {"now-9m", "2024-03-31T10:11:30.456789Z"},
        {"now+1s-2h", "2024-03-31T08:20:31.456789Z"}, {"now-1H", "2024-03-31T09:20:30.456789Z"},
        {"now-500ms", "2024-03-31T10:20:29.956789Z"}, {"now-1M", "2024-02-29T10:20:30.456789Z"},
        {"now-1M+1M", "2024-03-29T10:20:30.456789Z"}, {"now+1y-1M", "2025-02-28T10:20:30.456789Z"},
        {"now-13M", "2023-02-28T10:20:30.456789Z"},   {"now+10M", "2025-01-31T10:20:30.456789Z"},
        {"now-2w", "2024-03-17T10:20:30.456789Z"},    {"now+d", "2024-04-01T10:20:30.456789Z"},
        {"now-1d/d", "2024-03-30T00:00:00.000Z"},     {"now/d-1d", "2024-03-30T00:00:00.000Z"},
    };
    expect_times(CASES, ARRAY_LEN(CASES), false);
}

TEST(rounding_goes_down_to_the_unit)
{
    static const Dated CASES[] = {
        {"now/y", "2024-01-01T00:00:00.000Z"},
        {"now/M", "2024-03-01T00:00:00.000Z"},
        {"now/w", "2024-03-25T00:00:00.000Z"},
        {"now/d", "2024-03-31T00:00:00.000Z"},
        {"now/h", "2024-03-31T10:00:00.000Z"},
        {"now/m", "2024-03-31T10:20:00.000Z"},
        {"now/s", "2024-03-31T10:20:30.000Z"},
        {"now/ms", "2024-03-31T10:20:30.456Z"},
        {"1969-12-31T23:00||/d", "1969-12-31T00:00:00.000Z"},
        {"1969-12-31T23:00:00.5||/s", "1969-12-31T23:00:00.000Z"},
    };
    expect_times(CASES, ARRAY_LEN(CASES), false);
}

TEST(rounding_up_goes_to_the_last_millisecond)
{
    static const Dated CASES[] = {
        {"now", "2024-03-31T10:20:30.456789Z"}, {"now/y", "2024-12-31T23:59:59.999Z"},
        {"now/M", "2024-03-31T23:59:59.999Z"},  {"now/w", "2024-03-31T23:59:59.999Z"},
        {"now/d", "2024-03-31T23:59:59.999Z"},  {"now/h", "2024-03-31T10:59:59.999Z"},
        {"now/m", "2024-03-31T10:20:59.999Z"},  {"now/s", "2024-03-31T10:20:30.999Z"},
        {"now/ms", "2024-03-31T10:20:30.456Z"}, {"now-1d/d", "2024-03-30T23:59:59.999Z"},
    };
    expect_times(CASES, ARRAY_LEN(CASES), true);
}

TEST(dates_are_anchors)
{
    static const Dated DOWN[] = {
        {"2020-01-01||+1M/d", "2020-02-01T00:00:00.000Z"},
        {"2020-02-29T12:00:00+02:00||-1y", "2019-02-28T10:00:00.000Z"},
        {"2020-01-01||", "2020-01-01T00:00:00.000Z"},
        {"2020-01", "2020-01-01T00:00:00.000Z"},
    };
    static const Dated UP[] = {
        {"2020", "2020-12-31T23:59:59.999999999Z"},
        {"2020-02", "2020-02-29T23:59:59.999999999Z"},
        {"2020-01-01", "2020-01-01T23:59:59.999999999Z"},
        {"2020-01-01T05", "2020-01-01T05:59:59.999999999Z"},
        {"2020-01-01T05:06", "2020-01-01T05:06:59.999999999Z"},
        {"2020-01-01T05:06+01:00", "2020-01-01T04:06:59.999999999Z"},
        {"2020-01-01T05:06:07Z", "2020-01-01T05:06:07.999999999Z"},
        {"2020-01-01T05:06:07.5Z", "2020-01-01T05:06:07.500Z"},
        {"2020-01-01||", "2020-01-01T00:00:00.000Z"},
    };
    expect_times(DOWN, ARRAY_LEN(DOWN), false);
    expect_times(UP, ARRAY_LEN(UP), true);
}

typedef struct Faulty {
    const char *text;
    size_t at;
    const char *message;
} Faulty;

static void expect_fault(const Faulty *fault, bool parsed, const Err *err, int64_t ns)
{
    if (parsed) {
        fail_msg("%s: was not refused", fault->text);
    }
    assert_string_equal(err->text, fault->message);
    assert_int_equal(err->at, fault->at);
    assert_int_equal(err->code, ERR_SYNTAX);
    assert_int_equal(ns, 77);
}

TEST(what_is_no_date_math_is_refused_where_it_fails)
{
    static const Faulty CASES[] = {
        {"", 0, "expected [now] or a date, found []"},
        {"yesterday", 0, "expected [now] or a date, found [yesterday]"},
        {"2020-13-01||+1d", 0, "expected [now] or a date, found [2020-13-01||+1d]"},
        {"nowish", 3, "operator not supported for date math [nowish]"},
        {"now 1d", 3, "operator not supported for date math [now 1d]"},
        {"now-1d1h", 6, "operator not supported for date math [now-1d1h]"},
        {"now-", 4, "truncated date math [now-]"},
        {"now-5", 5, "truncated date math [now-5]"},
        {"now-5x", 5, "unit not supported for date math [now-5x]"},
        {"now/2d", 4, "rounding takes a unit without a number in date math [now/2d]"},
        {"now-99999999999999999999d", 4,
         "number too large in date math [now-99999999999999999999d]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Err err = {0};
        int64_t ns = 77;
        bool parsed = date_math_parse(str_from_c(CASES[i].text), at(NOW), false, &ns, &err);
        expect_fault(&CASES[i], parsed, &err, ns);
        assert_false(date_math_check(str_from_c(CASES[i].text), &err));
    }
}

TEST(times_beyond_the_range_are_refused_but_well_formed)
{
    static const Faulty CASES[] = {
        {"now+300y", 3, "time out of range in date math [now+300y]"},
        {"now-9223372036854775807y", 3,
         "time out of range in date math [now-9223372036854775807y]"},
        {"now-9223372036854775807M", 3,
         "time out of range in date math [now-9223372036854775807M]"},
        {"now+9223372036854775807d", 3,
         "time out of range in date math [now+9223372036854775807d]"},
        {"now-1d+106751d", 6, "time out of range in date math [now-1d+106751d]"},
        {"2262-04-11||/y", 12, "time out of range in date math [2262-04-11||/y]"},
        {"1677-09-22||/M", 12, "time out of range in date math [1677-09-22||/M]"},
        {"1677-09-22||/w", 12, "time out of range in date math [1677-09-22||/w]"},
        {"2262", 0, "time out of range in date math [2262]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Err err = {0};
        int64_t ns = 77;
        bool up = i != 6 && i != 7;
        bool parsed = date_math_parse(str_from_c(CASES[i].text), at(NOW), up, &ns, &err);
        expect_fault(&CASES[i], parsed, &err, ns);
    }
    Err err = {0};
    assert_true(date_math_check(STR("now+300y"), &err));
    assert_false(date_math_check(STR("now+300y?"), &err));
}

TEST(intervals_are_a_number_and_a_unit)
{
    static const struct {
        const char *text;
        int64_t ns;
    } CASES[] = {{"5s", 5 * NS_PER_SECOND},
                 {"05m", 300 * NS_PER_SECOND},
                 {"1h", 3600 * NS_PER_SECOND},
                 {"2d", 172800 * NS_PER_SECOND}};
    int64_t ns = 0;
    Err err = {0};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_true(interval_parse(str_from_c(CASES[i].text), false, &ns, &err));
        assert_int_equal(ns, CASES[i].ns);
    }
    assert_true(interval_parse(STR("15ms"), true, &ns, &err));
    assert_int_equal(ns, 15 * NS_PER_MS);
}

TEST(what_is_no_interval_is_refused)
{
    static const Faulty CASES[] = {
        {"", 0, "expected a number and one of s, m, h, d, found []"},
        {"5", 1, "expected a number and one of s, m, h, d, found [5]"},
        {"m", 0, "expected a number and one of s, m, h, d, found [m]"},
        {"-5m", 0, "expected a number and one of s, m, h, d, found [-5m]"},
        {"5 m", 1, "expected a number and one of s, m, h, d, found [5 m]"},
        {"5mm", 1, "expected a number and one of s, m, h, d, found [5mm]"},
        {"5w", 1, "expected a number and one of s, m, h, d, found [5w]"},
        {"5M", 1, "expected a number and one of s, m, h, d, found [5M]"},
        {"5H", 1, "expected a number and one of s, m, h, d, found [5H]"},
        {"5ms", 1, "expected a number and one of s, m, h, d, found [5ms]"},
        {"0m", 0, "the interval must be longer than nothing, found [0m]"},
        {"99999999999999999999s", 0, "interval too long: [99999999999999999999s]"},
        {"106752d", 0, "interval too long: [106752d]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Err err = {0};
        int64_t ns = 77;
        bool parsed = interval_parse(str_from_c(CASES[i].text), false, &ns, &err);
        expect_fault(&CASES[i], parsed, &err, ns);
    }
}

TEST(intervals_in_words_use_the_largest_whole_unit)
{
    static const struct {
        int64_t ns;
        const char *words;
    } CASES[] = {{300 * NS_PER_SECOND, "5 minutes"},
                 {3600 * NS_PER_SECOND, "1 hour"},
                 {90 * NS_PER_SECOND, "90 seconds"},
                 {86400 * NS_PER_SECOND, "1 day"},
                 {7140 * NS_PER_SECOND, "119 minutes"},
                 {1500 * NS_PER_MS, "1500 milliseconds"},
                 {1, "1 nanosecond"},
                 {0, "0 seconds"}};
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_true(str_equal(interval_words(arena, CASES[i].ns), str_from_c(CASES[i].words)));
    }
    arena_free(arena);
}

RUN_TESTS(CASE(steps_go_left_to_right), CASE(rounding_goes_down_to_the_unit),
          CASE(rounding_up_goes_to_the_last_millisecond), CASE(dates_are_anchors),
          CASE(what_is_no_date_math_is_refused_where_it_fails),
          CASE(times_beyond_the_range_are_refused_but_well_formed),
          CASE(intervals_are_a_number_and_a_unit), CASE(what_is_no_interval_is_refused),
          CASE(intervals_in_words_use_the_largest_whole_unit))
