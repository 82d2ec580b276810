#include "event/date_format.h"

#include "base/timestamp.h"

/* What a pattern has read so far. */
typedef struct Reading {
    Str text;
    size_t at;
    CivilTime civil;
    int64_t offset_minutes;
    bool has_half, afternoon; /* a: AM or PM */
    uint32_t depth;
} Reading;

#define MAX_DEPTH 16

static const Str MONTHS[] = {STR_INIT("january"), STR_INIT("february"), STR_INIT("march"),
                             STR_INIT("april"),   STR_INIT("may"),      STR_INIT("june"),
                             STR_INIT("july"),    STR_INIT("august"),   STR_INIT("september"),
                             STR_INIT("october"), STR_INIT("november"), STR_INIT("december")};
static const Str DAYS[] = {STR_INIT("monday"),   STR_INIT("tuesday"), STR_INIT("wednesday"),
                           STR_INIT("thursday"), STR_INIT("friday"),  STR_INIT("saturday"),
                           STR_INIT("sunday")};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* `least` to `most` digits, as many as there are. */
static bool read_digits(Reading *reading, uint32_t least, uint32_t most, int64_t *number)
{
    uint32_t count = 0;
    *number = 0;
    while (count < most && reading->at < reading->text.len) {
        char c = reading->text.ptr[reading->at];
        if (c < '0' || c > '9') {
            break;
        }
        *number = *number * 10 + (c - '0');
        reading->at++;
        count++;
    }
    return count >= least;
}

static bool read_part(Reading *reading, uint32_t width, int *part)
{
    int64_t number;
    if (width > 2 || !read_digits(reading, width, 2, &number)) {
        return false;
    }
    *part = (int)number;
    return true;
}

static bool read_year(Reading *reading, uint32_t width)
{
    if (width == 2) {
        int64_t year;
        bool fits = read_digits(reading, 2, 2, &year);
        reading->civil.year = 2000 + year;
        return fits;
    }
    uint32_t most = width == 1 || width > 9 ? 9 : width;
    return read_digits(reading, width, most, &reading->civil.year);
}

static bool read_fraction(Reading *reading, uint32_t width)
{
    int64_t digits;
    if (width > 9 || !read_digits(reading, width, width, &digits)) {
        return false;
    }
    for (; width < 9; width++) {
        digits *= 10;
    }
    reading->civil.ns = digits;
    return true;
}

/* One of the names, whole or, with `width` 3 or less, its first three letters. *index from 0. */
static bool read_name(Reading *reading, const Str *names, int count, uint32_t width, int *index)
{
    for (*index = 0; *index < count; ++*index) {
        Str name = str_slice(names[*index], 0, width > 3 ? names[*index].len : 3);
        Str here = str_slice(reading->text, reading->at, reading->at + name.len);
        if (str_equal_ascii_case(here, name)) {
            reading->at += name.len;
            return true;
        }
    }
    return false;
}

static bool read_month(Reading *reading, uint32_t width)
{
    if (width < 3) {
        return read_part(reading, width, &reading->civil.month);
    }
    bool fits = read_name(reading, MONTHS, ARRAY_LEN(MONTHS), width, &reading->civil.month);
    reading->civil.month++;
    return fits;
}

static bool read_half(Reading *reading)
{
    static const Str HALVES[] = {STR_INIT("am"), STR_INIT("pm")};
    int half;
    reading->has_half = read_name(reading, HALVES, ARRAY_LEN(HALVES), 4, &half);
    reading->afternoon = half == 1;
    return reading->has_half;
}

/* Z, +hh, +hhmm or +hh:mm. */
static bool read_zone(Reading *reading)
{
    if (reading->at >= reading->text.len) {
        return false;
    }
    char sign = reading->text.ptr[reading->at++];
    if (sign == 'Z') {
        return true;
    }
    int64_t hours;
    int64_t minutes = 0;
    if ((sign != '+' && sign != '-') || !read_digits(reading, 2, 2, &hours)) {
        return false;
    }
    if (reading->at < reading->text.len && reading->text.ptr[reading->at] == ':') {
        reading->at++;
        if (!read_digits(reading, 2, 2, &minutes)) {
            return false;
        }
    } else if (reading->at < reading->text.len && reading->text.ptr[reading->at] >= '0' &&
               reading->text.ptr[reading->at] <= '9' && !read_digits(reading, 2, 2, &minutes)) {
        return false;
    }
    reading->offset_minutes = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
    return hours <= 18 && minutes < 60;
}

static bool read_letter(Reading *reading, char letter, uint32_t width)
{
    int day;
    switch (letter) {
    case 'y':
    case 'u': return read_year(reading, width);
    case 'M':
    case 'L': return read_month(reading, width);
    case 'd': return read_part(reading, width, &reading->civil.day);
    case 'E': return read_name(reading, DAYS, ARRAY_LEN(DAYS), width, &day);
    case 'H':
    case 'h': return read_part(reading, width, &reading->civil.hour);
    case 'm': return read_part(reading, width, &reading->civil.minute);
    case 's': return read_part(reading, width, &reading->civil.second);
    case 'S': return read_fraction(reading, width);
    case 'a': return read_half(reading);
    case 'X':
    case 'x':
    case 'Z': return read_zone(reading);
    default: return false;
    }
}

static bool read_literal(Reading *reading, Str literal)
{
    bool fits = str_starts_with(str_slice(reading->text, reading->at, reading->text.len), literal);
    reading->at += fits ? literal.len : 0;
    return fits;
}

/* '...' from `at` on, which is behind the first quote. Two quotes are one, inside and by themselves. */
static bool read_quoted(Reading *reading, Str pattern, size_t *at)
{
    if (*at < pattern.len && pattern.ptr[*at] == '\'') {
        ++*at;
        return read_literal(reading, STR("'"));
    }
    for (; *at < pattern.len; ++*at) {
        bool quote = pattern.ptr[*at] == '\'';
        *at += quote;
        if (quote && (*at == pattern.len || pattern.ptr[*at] != '\'')) {
            return true;
        }
        if (!read_literal(reading, (Str){pattern.ptr + *at, 1})) {
            return false;
        }
    }
    return false;
}

static bool read_pattern(Reading *reading, Str pattern);

/* [...] from `at` on, which is behind the bracket: read if it fits, passed over if not. */
static bool read_optional(Reading *reading, Str pattern, size_t *at)
{
    uint32_t open = 1;
    size_t end = *at;
    for (; end < pattern.len; end++) {
        open += pattern.ptr[end] == '[';
        open -= pattern.ptr[end] == ']';
        if (open == 0) {
            break;
        }
    }
    if (open != 0 || reading->depth == MAX_DEPTH) {
        return false;
    }
    Reading before = *reading;
    reading->depth++;
    if (read_pattern(reading, str_slice(pattern, *at, end))) {
        reading->depth--;
    } else {
        *reading = before;
    }
    *at = end + 1;
    return true;
}

static bool read_pattern(Reading *reading, Str pattern)
{
    bool fits = true;
    for (size_t at = 0; at < pattern.len && fits;) {
        char c = pattern.ptr[at++];
        if (c == '\'') {
            fits = read_quoted(reading, pattern, &at);
        } else if (c == '[') {
            fits = read_optional(reading, pattern, &at);
        } else if (is_letter(c)) {
            uint32_t width = 1;
            for (; at < pattern.len && pattern.ptr[at] == c; at++) {
                width++;
            }
            fits = read_letter(reading, c, width);
        } else {
            fits = read_literal(reading, (Str){&c, 1});
        }
    }
    return fits;
}

static bool parse_pattern(Str pattern, Str text, int64_t *ns)
{
    Reading reading = {.text = text, .civil = {.year = 1970, .month = 1, .day = 1}};
    if (!read_pattern(&reading, pattern) || reading.at != text.len) {
        return false;
    }
    if (reading.has_half) {
        reading.civil.hour = reading.civil.hour % 12 + (reading.afternoon ? 12 : 0);
    }
    return timestamp_from_civil(&reading.civil, ns) &&
           !__builtin_sub_overflow(*ns, reading.offset_minutes * 60 * NS_PER_SECOND, ns);
}

static bool parse_epoch(Str text, double ms_each, int64_t *ns)
{
    int64_t whole;
    double number;
    if (str_to_i64(text, &whole)) {
        int64_t ms;
        return !__builtin_mul_overflow(whole, (int64_t)ms_each, &ms) && timestamp_from_ms(ms, ns);
    }
    return str_to_double(text, &number) && timestamp_from_ms_double(number * ms_each, ns);
}

/* Elasticsearch's names that are no ISO form, and their patterns. */
static const Str BASIC[][2] = {
    {STR_INIT("basic_date"), STR_INIT("yyyyMMdd")},
    {STR_INIT("basic_date_time"), STR_INIT("yyyyMMdd'T'HHmmss.SSSX")},
    {STR_INIT("basic_date_time_no_millis"), STR_INIT("yyyyMMdd'T'HHmmssX")},
};

/* Names are words of small letters and underscores: date_time, strict_date_optional_time, iso8601. */
static bool is_name(Str format)
{
    for (size_t i = 0; i < format.len; i++) {
        if (format.ptr[i] == '_') {
            return true;
        }
    }
    return str_equal(format, STR("date")) || str_equal(format, STR("iso8601"));
}

static bool parse_one(Str format, Str text, bool is_number, int64_t *ns)
{
    if (str_equal(format, STR("epoch_millis"))) {
        return parse_epoch(text, 1, ns);
    }
    if (str_equal(format, STR("epoch_second"))) {
        return parse_epoch(text, 1000, ns);
    }
    for (size_t i = 0; i < ARRAY_LEN(BASIC); i++) {
        if (str_equal(format, BASIC[i][0])) {
            return parse_pattern(BASIC[i][1], text, ns);
        }
    }
    if (is_name(format)) {
        return !is_number && timestamp_parse(text, ns);
    }
    return parse_pattern(format, text, ns);
}

bool date_format_parse(Str formats, Str text, bool is_number, int64_t *ns)
{
    for (Str format; str_split(&formats, '|', &format);) {
        if (format.len > 0 && parse_one(format, text, is_number, ns)) {
            return true;
        }
    }
    return false;
}
