#include "base/timestamp.h"

#include <math.h>
#include <time.h>

#define SECONDS_PER_DAY    86400
#define DAYS_PER_400_YEARS 146097
#define MAX_OFFSET_HOURS   18 /* as java.time: no zone on earth is further off */

/* Days since 1970-01-01. Years are counted from March, so that the leap day is the last one. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_400_YEARS + day_of_era - 719468; /* 0000-03-01 to 1970-01-01 */
}

static void civil_from_days(int64_t days, CivilTime *civil)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - (DAYS_PER_400_YEARS - 1)) / DAYS_PER_400_YEARS;
    int64_t day_of_era = days - era * DAYS_PER_400_YEARS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* 0 = March */
    civil->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    civil->month = (int)(month < 10 ? month + 3 : month - 9);
    civil->year = year_of_era + era * 400 + (civil->month <= 2);
}

/* Quotient and remainder, the remainder never negative. */
static int64_t divide_down(int64_t value, int64_t by, int64_t *rest)
{
    int64_t quotient = value / by - (value % by < 0);
    *rest = value % by + (value % by < 0 ? by : 0);
    return quotient;
}

int timestamp_days_in_month(int64_t year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return DAYS[month - 1] + (month == 2 && leap);
}

CivilTime timestamp_to_civil(int64_t ns)
{
    CivilTime civil = {0};
    int64_t seconds = divide_down(ns, NS_PER_SECOND, &civil.ns);
    int64_t of_day = 0;
    civil_from_days(divide_down(seconds, SECONDS_PER_DAY, &of_day), &civil);
    civil.hour = (int)(of_day / 3600);
    civil.minute = (int)(of_day / 60 % 60);
    civil.second = (int)(of_day % 60);
    return civil;
}

static bool in_range(int value, int low, int high)
{
    return value >= low && value <= high;
}

static bool civil_is_real(const CivilTime *civil)
{
    return civil->year >= 1600 && civil->year <= 2300 && in_range(civil->month, 1, 12) &&
           in_range(civil->day, 1, timestamp_days_in_month(civil->year, civil->month)) &&
           in_range(civil->hour, 0, 23) && in_range(civil->minute, 0, 59) &&
           in_range(civil->second, 0, 59) && civil->ns >= 0 && civil->ns < NS_PER_SECOND;
}

/* seconds * 10^9 + ns. In 128 bits: near the lower end of the range the product alone would not
 * fit into 64 although the sum does. */
static bool join(int64_t seconds, int64_t ns, int64_t *out)
{
    __int128 sum = (__int128)seconds * NS_PER_SECOND + ns;
    if (sum < INT64_MIN || sum > INT64_MAX) {
        return false;
    }
    *out = (int64_t)sum;
    return true;
}

static int64_t civil_seconds(const CivilTime *civil)
{
    int64_t days = days_from_civil(civil->year, civil->month, civil->day);
    int of_day = civil->hour * 3600 + civil->minute * 60 + civil->second;
    return days * SECONDS_PER_DAY + of_day;
}

bool timestamp_from_civil(const CivilTime *civil, int64_t *ns)
{
    return civil_is_real(civil) && join(civil_seconds(civil), civil->ns, ns);
}

/* What is left to read. */
typedef struct Reader {
    const char *ptr;
    const char *end;
} Reader;

static bool accept(Reader *reader, char c)
{
    if (reader->ptr < reader->end && *reader->ptr == c) {
        reader->ptr++;
        return true;
    }
    return false;
}

static bool digits(Reader *reader, int count, int *out)
{
    if (reader->end - reader->ptr < count) {
        return false;
    }
    int value = 0;
    for (int i = 0; i < count; i++) {
        unsigned digit = (unsigned char)reader->ptr[i] - (unsigned)'0';
        if (digit > 9) {
            return false;
        }
        value = value * 10 + (int)digit;
    }
    reader->ptr += count;
    *out = value;
    return true;
}

/* decimals := ( "." | "," ) digit{1,9} */
static bool read_decimals(Reader *reader, int64_t *ns)
{
    if (!accept(reader, '.') && !accept(reader, ',')) {
        return true;
    }
    int digit = 0;
    int64_t unit = NS_PER_SECOND;
    while (unit > 1 && digits(reader, 1, &digit)) {
        unit /= 10;
        *ns += digit * unit;
    }
    return unit < NS_PER_SECOND;
}

/* zone := "Z" | ( "+" | "-" ) hh [ [":"] mm ] */
static bool zone(Reader *reader, int *offset_seconds)
{
    if (reader->ptr == reader->end || accept(reader, 'Z')) {
        return true;
    }
    bool west = accept(reader, '-');
    int hours = 0;
    int minutes = 0;
    if ((!west && !accept(reader, '+')) || !digits(reader, 2, &hours)) {
        return false;
    }
    if (reader->ptr != reader->end) {
        accept(reader, ':');
        if (!digits(reader, 2, &minutes)) {
            return false;
        }
    }
    *offset_seconds = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return minutes < 60 && hours * 60 + minutes <= MAX_OFFSET_HOURS * 60;
}

/* time := hh [ ":" mm [ ":" ss [ decimals ] ] ] */
static bool clock_time(Reader *reader, CivilTime *civil)
{
    if (!digits(reader, 2, &civil->hour)) {
        return false;
    }
    if (!accept(reader, ':')) {
        return true;
    }
    if (!digits(reader, 2, &civil->minute)) {
        return false;
    }
    if (!accept(reader, ':')) {
        return true;
    }
    return digits(reader, 2, &civil->second) && read_decimals(reader, &civil->ns);
}

/* timestamp := yyyy [ "-" mm [ "-" dd [ ( "T" | " " ) [ time [ zone ] ] ] ] ] */
static bool read_timestamp(Reader *reader, CivilTime *civil, int *offset_seconds)
{
    int year = 0;
    if (!digits(reader, 4, &year)) {
        return false;
    }
    civil->year = year;
    if (!accept(reader, '-')) {
        return true;
    }
    if (!digits(reader, 2, &civil->month)) {
        return false;
    }
    if (!accept(reader, '-')) {
        return true;
    }
    if (!digits(reader, 2, &civil->day)) {
        return false;
    }
    if (accept(reader, 'T')) {
        return reader->ptr == reader->end ||
               (clock_time(reader, civil) && zone(reader, offset_seconds));
    }
    return !accept(reader, ' ') || (clock_time(reader, civil) && zone(reader, offset_seconds));
}

bool timestamp_parse(Str text, int64_t *ns)
{
    if (text.len == 0) {
        return false;
    }
    Reader reader = {text.ptr, text.ptr + text.len};
    CivilTime civil = {.month = 1, .day = 1};
    int offset = 0;
    return read_timestamp(&reader, &civil, &offset) && reader.ptr == reader.end &&
           civil_is_real(&civil) && join(civil_seconds(&civil) - offset, civil.ns, ns);
}

bool timestamp_from_ms(int64_t ms, int64_t *ns)
{
    int64_t product = 0;
    if (__builtin_mul_overflow(ms, NS_PER_MS, &product)) {
        return false;
    }
    *ns = product;
    return true;
}

bool timestamp_from_ms_double(double ms, int64_t *ns)
{
    if (!(fabs(ms) < 9.3e12)) { /* also turns nan away; the exact bound is checked below */
        return false;
    }
    double whole = floor(ms);
    int64_t rest = llround((ms - whole) * (double)NS_PER_MS);
    int64_t start = 0;
    int64_t sum = 0;
    if (!timestamp_from_ms((int64_t)whole, &start) || __builtin_add_overflow(start, rest, &sum)) {
        return false;
    }
    *ns = sum;
    return true;
}

Str timestamp_print(int64_t ns, int decimals, char out[TIMESTAMP_TEXT])
{
    static const int UNITS[] = {1000000000, 1000000, 1000, 1}; /* ns, by decimals / 3 */
    assert(decimals >= 0 && decimals <= 9 && decimals % 3 == 0);
    CivilTime civil = timestamp_to_civil(ns);
    while (civil.ns % UNITS[decimals / 3] != 0) {
        decimals += 3;
    }
    int len = snprintf(out, TIMESTAMP_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", (int)civil.year,
                       civil.month, civil.day, civil.hour, civil.minute, civil.second);
    if (decimals > 0) {
        len += snprintf(out + len, TIMESTAMP_TEXT - (size_t)len, ".%0*d", decimals,
                        (int)civil.ns / UNITS[decimals / 3]);
    }
    assert(len > 0 && len < TIMESTAMP_TEXT - 1);
    out[len] = 'Z';
    out[len + 1] = '\0';
    return (Str){out, (size_t)len + 1};
}

int timestamp_weekday(int64_t ns)
{
    int64_t ignored = 0;
    int64_t weekday = 0;
    int64_t days = divide_down(ns, NS_PER_SECOND * SECONDS_PER_DAY, &ignored);
    divide_down(days + 3, 7, &weekday); /* 1970-01-01 was a Thursday */
    return (int)weekday;
}

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    int failed = clock_gettime(clock, &now);
    assert(failed == 0); /* both clocks exist on every Linux */
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

int64_t timestamp_now(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t timestamp_monotonic(void)
{
    return read_clock(CLOCK_MONOTONIC);
}
