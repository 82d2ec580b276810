#include "unit.h"

#include <math.h>
#include <time.h>

#include "base/timestamp.h"

#define S        NS_PER_SECOND
#define MIDNIGHT (1714953600 * S) /* 2024-05-06T00:00:00Z */

TEST(iso_texts_are_read_to_the_nanosecond)
{
    static const struct {
        Str text;
        int64_t ns;
    } CASES[] = {
        {STR_INIT("1970"), 0},
        {STR_INIT("1970-01"), 0},
        {STR_INIT("1970-01-01"), 0},
        {STR_INIT("2024-05-06T"), MIDNIGHT},
        {STR_INIT("2024-05-06T07"), MIDNIGHT + 25200 * S},
        {STR_INIT("2024-05-06T07Z"), MIDNIGHT + 25200 * S},
        {STR_INIT("2024-05-06T07:08"), MIDNIGHT + 25680 * S},
        {STR_INIT("2024-05-06T07:08:09"), MIDNIGHT + 25689 * S},
        {STR_INIT("2024-05-06 07:08:09Z"), MIDNIGHT + 25689 * S},
        {STR_INIT("2024-05-06T07:08:09.1Z"), MIDNIGHT + 25689 * S + 100000000},
        {STR_INIT("2024-05-06T07:08:09,123Z"), MIDNIGHT + 25689 * S + 123000000},
        {STR_INIT("2024-05-06T07:08:09.123456789Z"), MIDNIGHT + 25689 * S + 123456789},
        {STR_INIT("2024-05-06T07:08:09.000000001"), MIDNIGHT + 25689 * S + 1},
        {STR_INIT("2024-05-06T02:30:00+02:30"), MIDNIGHT},
        {STR_INIT("2024-05-06T02:30:00+0230"), MIDNIGHT},
        {STR_INIT("2024-05-05T22:00:00.5-02"), MIDNIGHT + S / 2},
        {STR_INIT("2024-05-06T18:00+18:00"), MIDNIGHT},
        {STR_INIT("2024-02-29"), 1709164800 * S},
        {STR_INIT("2000-02-29"), 951782400 * S},
        {STR_INIT("1969-12-31T23:59:59.999999999Z"), -1},
        {STR_INIT("1677-09-21T00:12:43.145224192Z"), INT64_MIN},
        {STR_INIT("2262-04-11T23:47:16.854775807Z"), INT64_MAX},
        {STR_INIT("2262-04-12T00:47:16.854775807+01:00"), INT64_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        int64_t ns = 42;
        assert_true(timestamp_parse(CASES[i].text, &ns));
        assert_int_equal(ns, CASES[i].ns);
    }
}

TEST(what_is_no_point_in_time_is_refused_and_leaves_the_output)
{
    static const char *const CASES[] = {
        "",
        "197",
        "20240",
        "2024-",
        "2024-5-6",
        "2024-05-",
        "2024-05-6",
        "2024-05-06T07:",
        "2024-13-01",
        "2024-00-01",
        "2024-05-00",
        "2024-04-31",
        "2023-02-29",
        "1900-02-29",
        "2024T07:08",
        "2024-05-06 ",
        "2024-05-06Z",
        "2024-05-06T7:08",
        "2024-05-06T24:00",
        "2024-05-06T07:60",
        "2024-05-06T07:08:60",
        "2024-06-30T23:59:60Z",
        "2024-05-06T07:08:",
        "2024-05-06T07:08:09.",
        "2024-05-06T07:08:09.Z",
        "2024-05-06T07:08.5",
        "2024-05-06T07:08:09.1234567890Z",
        "2024-05-06T07:08:09z",
        "2024-05-06t07:08:09Z",
        "2024-05-06T07:08:09+",
        "2024-05-06T07:08:09+1",
        "2024-05-06T07:08:09+01:",
        "2024-05-06T07:08:09+01:6",
        "2024-05-06T07:08:09+01:60",
        "2024-05-06T07:08:09+18:01",
        "2024-05-06T07:08:09+19",
        "2024-05-06T07:08:09ZZ",
        "2024-05-06T07:08:09Z ",
        " 2024-05-06",
        "+2024-05-06",
        "-2024-05-06",
        "2024/05/06",
        "1677-09-21T00:12:43.145224191Z",
        "2262-04-11T23:47:16.854775808Z",
        "2262-04-11T23:47:16.854775807-00:01",
        "0001-01-01",
        "9999-12-31",
        "1714953600000",
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        int64_t ns = 42;
        assert_false(timestamp_parse(str_from_c(CASES[i]), &ns));
        assert_int_equal(ns, 42);
    }
    int64_t ns = 42;
    assert_false(timestamp_parse(STR("2024-05-06T07:08:09Z\0"), &ns));
}

TEST(milliseconds_are_checked_for_range)
{
    int64_t ns = 42;
    assert_true(timestamp_from_ms(-1, &ns));
    assert_int_equal(ns, -1000000);
    assert_true(timestamp_from_ms(INT64_MAX / NS_PER_MS, &ns));
    ns = 42;
    assert_false(timestamp_from_ms(INT64_MAX / NS_PER_MS + 1, &ns));
    assert_false(timestamp_from_ms(INT64_MIN, &ns));
    assert_int_equal(ns, 42);

    static const struct {
        double ms;
        bool fine;
        int64_t ns;
    } CASES[] = {{0.0, true, 0},
                 {1.5, true, 1500000},
                 {-1.5, true, -1500000},
                 {-0.000001, true, -1},
                 {1714953600000.25, true, MIDNIGHT + 250000},
                 {1e13, false, 42},
                 {-1e13, false, 42},
                 {9223372036854.0, true, 9223372036854000000},
                 {9223372036854.998, false, 42},
                 {(double)NAN, false, 42},
                 {(double)INFINITY, false, 42}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        ns = 42;
        assert_int_equal(timestamp_from_ms_double(CASES[i].ms, &ns), CASES[i].fine);
        assert_int_equal(ns, CASES[i].ns);
    }
}

TEST(printing_shows_as_many_decimals_as_there_are)
{
    static const struct {
        int64_t ns;
        int decimals;
        const char *text;
    } CASES[] = {
        {0, 0, "1970-01-01T00:00:00Z"},
        {0, 3, "1970-01-01T00:00:00.000Z"},
        {0, 9, "1970-01-01T00:00:00.000000000Z"},
        {MIDNIGHT + 120000000, 0, "2024-05-06T00:00:00.120Z"},
        {MIDNIGHT + 123456000, 3, "2024-05-06T00:00:00.123456Z"},
        {MIDNIGHT + 123456789, 3, "2024-05-06T00:00:00.123456789Z"},
        {MIDNIGHT + 1, 6, "2024-05-06T00:00:00.000000001Z"},
        {-1, 3, "1969-12-31T23:59:59.999999999Z"},
        {INT64_MIN, 3, "1677-09-21T00:12:43.145224192Z"},
        {INT64_MAX, 3, "2262-04-11T23:47:16.854775807Z"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        char out[TIMESTAMP_TEXT];
        Str text = timestamp_print(CASES[i].ns, CASES[i].decimals, out);
        assert_string_equal(out, CASES[i].text);
        assert_int_equal(text.len, strlen(CASES[i].text));
    }
}

/* The system's calendar agrees on every day of the whole range. */
TEST(every_day_agrees_with_the_system)
{
    int64_t last = INT64_MAX / S / 86400;
    for (int64_t day = -last; day <= last; day++) {
        int64_t second_of_day = (day * 7919 % 86400 + 86400) % 86400;
        time_t seconds = (time_t)(day * 86400 + second_of_day);
        if (seconds <= INT64_MIN / S || seconds >= INT64_MAX / S) {
            continue;
        }
        struct tm tm;
        gmtime_r(&seconds, &tm);
        CivilTime civil = timestamp_to_civil(seconds * S + 5);
        assert_int_equal(civil.year, tm.tm_year + 1900);
        assert_int_equal(civil.month, tm.tm_mon + 1);
        assert_int_equal(civil.day, tm.tm_mday);
        assert_int_equal(civil.hour, tm.tm_hour);
        assert_int_equal(civil.minute, tm.tm_min);
        assert_int_equal(civil.second, tm.tm_sec);
        assert_int_equal(civil.ns, 5);
        assert_int_equal(timestamp_weekday(seconds * S + 5), (tm.tm_wday + 6) % 7);
        int64_t back = 0;
        assert_true(timestamp_from_civil(&civil, &back));
        assert_int_equal(back, seconds * S + 5);
    }
}

TEST(civil_times_that_do_not_exist_are_refused)
{
    static const CivilTime CASES[] = {
        {2023, 2, 29, 0, 0, 0, 0},
        {2024, 0, 1, 0, 0, 0, 0},
        {2024, 13, 1, 0, 0, 0, 0},
        {2024, 1, 32, 0, 0, 0, 0},
        {2024, 1, 1, 24, 0, 0, 0},
        {2024, 1, 1, 0, 60, 0, 0},
        {2024, 1, 1, 0, 0, 60, 0},
        {2024, 1, 1, 0, 0, -1, 0},
        {2024, 1, 1, 0, 0, 0, S},
        {2024, 1, 1, 0, 0, 0, -1},
        {INT64_MAX, 1, 1, 0, 0, 0, 0},
        {INT64_MIN, 1, 1, 0, 0, 0, 0},
        {2262, 4, 11, 23, 47, 16, 854775808},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        int64_t ns = 42;
        assert_false(timestamp_from_civil(&CASES[i], &ns));
        assert_int_equal(ns, 42);
    }
}

TEST(months_know_their_days)
{
    assert_int_equal(timestamp_days_in_month(2023, 2), 28);
    assert_int_equal(timestamp_days_in_month(2024, 2), 29);
    assert_int_equal(timestamp_days_in_month(1900, 2), 28);
    assert_int_equal(timestamp_days_in_month(2000, 2), 29);
    assert_int_equal(timestamp_days_in_month(2023, 12), 31);
    assert_int_equal(timestamp_days_in_month(2023, 4), 30);
}

TEST(clocks_run_forward)
{
    int64_t start = timestamp_monotonic();
    assert_true(timestamp_monotonic() >= start);
    assert_true(timestamp_to_civil(timestamp_now()).year >= 2024);
}

RUN_TESTS(CASE(iso_texts_are_read_to_the_nanosecond),
          CASE(what_is_no_point_in_time_is_refused_and_leaves_the_output),
          CASE(milliseconds_are_checked_for_range),
          CASE(printing_shows_as_many_decimals_as_there_are),
          CASE(every_day_agrees_with_the_system), CASE(civil_times_that_do_not_exist_are_refused),
          CASE(months_know_their_days), CASE(clocks_run_forward))
