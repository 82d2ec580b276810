#include "unit.h"

#include "base/timestamp.h"
#include "event/date_format.h"

typedef struct Case {
    const char *formats;
    const char *text;
    const char *expected; /* NULL: none */
} Case;

static void check(const Case *cases, size_t count, bool is_number)
{
    for (size_t i = 0; i < count; i++) {
        char printed[TIMESTAMP_TEXT];
        int64_t ns = 0;
        bool fits = date_format_parse(str_from_c(cases[i].formats), str_from_c(cases[i].text),
                                      is_number, &ns);
        Str found = fits ? timestamp_print(ns, 0, printed) : STR("none");
        Str expected = str_from_c(cases[i].expected == NULL ? "none" : cases[i].expected);
        if (!str_equal(found, expected)) {
            fail_msg("'%s' as %s: %.*s", cases[i].text, cases[i].formats, STR_ARG(found));
        }
    }
}

TEST(patterns_read_what_they_show)
{
    const Case cases[] = {
        {"dd-MM-yyyy", "17-12-2022", "2022-12-17T00:00:00Z"},
        {"d/M/uuuu", "7/12/2022", "2022-12-07T00:00:00Z"},
        {"yyyyMMddHHmmss", "20221217080910", "2022-12-17T08:09:10Z"},
        {"yyyy-MM-dd HH:mm:ss.SSS", "2022-12-17 08:09:10.123", "2022-12-17T08:09:10.123Z"},
        {"yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSX", "2022-12-17T08:09:10.000000001+02:00",
         "2022-12-17T06:09:10.000000001Z"},
        {"dd/MMM/yyyy:HH:mm:ss Z", "05/Jul/2024:23:30:00 -0130", "2024-07-06T01:00:00Z"},
        {"EEE, d MMM yyyy HH:mm:ss XXX", "Fri, 5 Jul 2024 01:02:03 Z", "2024-07-05T01:02:03Z"},
        {"EEEE d MMMM yyyy", "Friday 5 JULY 2024", "2024-07-05T00:00:00Z"},
        {"M/d/yy h:mm a", "7/5/24 12:30 am", "2024-07-05T00:30:00Z"},
        {"M/d/yy h:mm a", "7/5/24 1:30 PM", "2024-07-05T13:30:00Z"},
        {"yyyy 'o''clock' HH", "2024 o'clock 7", NULL},
        {"yyyy 'o''clock' HH", "2024 o'clock 07", "2024-01-01T07:00:00Z"},
        {"HH 'o' '' 'y''s' yyyy", "11 o ' y's 2024", "2024-01-01T11:00:00Z"},
        {"yyyy-MM-dd[ HH:mm[:ss]]", "2024-07-05", "2024-07-05T00:00:00Z"},
        {"yyyy-MM-dd[ HH:mm[:ss]]", "2024-07-05 06:07", "2024-07-05T06:07:00Z"},
        {"yyyy-MM-dd[ HH:mm[:ss]]", "2024-07-05 06:07:08", "2024-07-05T06:07:08Z"},
        {"HH:mm", "10:11", "1970-01-01T10:11:00Z"},
    };
    check(cases, ARRAY_LEN(cases), false);
}

TEST(what_does_not_fit_is_none)
{
    const Case cases[] = {
        {"dd-MM-yyyy", "2022-12-17", NULL},
        {"dd-MM-yyyy", "1-12-2022", NULL},
        {"dd-MM-yyyy", "31-02-2022", NULL},
        {"dd-MM-yyyy", "17-12-2022 ", NULL},
        {"dd-MM-yyyy", "17-12-", NULL},
        {"dd-MM-yyyy", "", NULL},
        {"yyyy G", "2022 AD", NULL},
        {"yyyy'T", "2022T", NULL},
        {"yyyy[", "2022", NULL},
        {"HH:mm XXX", "10:11 ", NULL},
        {"HH:mm X", "10:11 +1", NULL},
        {"HH:mm X", "10:11 +01:", NULL},
        {"HH:mm X", "10:11 +19", NULL},
        {"MMM", "Jux", NULL},
        {"h a", "1 xm", NULL},
        {"yyyy.SSSSSSSSSS", "2022.0000000000", NULL},
        {"MMMMM", "J", NULL},
        {"ddd", "001", NULL},
        {"", "2022", NULL},
        {"||", "2022", NULL},
        {"epoch_second", "soon", NULL},
        {"epoch_millis", "9223372036854775807", NULL},
        {"epoch_second", "9223372036854775807", NULL},
        {"[[[[[[[[[[[[[[[[[[yyyy]]]]]]]]]]]]]]]]]]", "2022", NULL},
    };
    check(cases, ARRAY_LEN(cases), false);
}

TEST(names_and_alternatives)
{
    const Case texts[] = {
        {"strict_date_optional_time||epoch_second", "2024-07-05T01:02:03Z", "2024-07-05T01:02:03Z"},
        {"dd-MM-yyyy||yyyy-MM-dd", "2022-12-17", "2022-12-17T00:00:00Z"},
        {"date||epoch_millis", "1750", "1750-01-01T00:00:00Z"},
        {"epoch_second", "1720141323", "2024-07-05T01:02:03Z"},
        {"epoch_second", "1720141323.5", "2024-07-05T01:02:03.500Z"},
        {"epoch_millis", "1720141323004", "2024-07-05T01:02:03.004Z"},
        {"basic_date", "20240705", "2024-07-05T00:00:00Z"},
        {"basic_date_time", "20240705T010203.004Z", "2024-07-05T01:02:03.004Z"},
        {"basic_date_time_no_millis", "20240705T010203+0100", "2024-07-05T00:02:03Z"},
        {"iso8601", "2024-07-05", "2024-07-05T00:00:00Z"},
    };
    check(texts, ARRAY_LEN(texts), false);
    const Case numbers[] = {
        {"strict_date_optional_time||epoch_millis", "2024", "1970-01-01T00:00:02.024Z"},
        {"strict_date_optional_time", "2024", NULL},
        {"yyyyMMdd", "20240705", "2024-07-05T00:00:00Z"},
    };
    check(numbers, ARRAY_LEN(numbers), true);
}

RUN_TESTS(CASE(patterns_read_what_they_show), CASE(what_does_not_fit_is_none),
          CASE(names_and_alternatives))
