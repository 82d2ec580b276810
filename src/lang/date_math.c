#include "lang/date_math.h"

#include "base/timestamp.h"

#define NS_PER_DAY (86400 * NS_PER_SECOND)
#define NO_ANCHOR  "expected [now] or a date, found"

typedef struct Unit {
    Str name;
    int64_t ns;     /* of those that are always as long */
    int64_t months; /* of the others */
} Unit;

/* "ms" before "m": the longer name is tried first. */
static const Unit UNITS[] = {
    {STR_INIT("ms"), NS_PER_MS, 0},
    {STR_INIT("y"), 0, 12},
    {STR_INIT("M"), 0, 1},
    {STR_INIT("w"), 7 * NS_PER_DAY, 0},
    {STR_INIT("d"), NS_PER_DAY, 0},
    {STR_INIT("h"), 3600 * NS_PER_SECOND, 0},
    {STR_INIT("H"), 3600 * NS_PER_SECOND, 0},
    {STR_INIT("m"), 60 * NS_PER_SECOND, 0},
    {STR_INIT("s"), NS_PER_SECOND, 0},
};

static bool fail(Err *err, size_t at, const char *what, Str text)
{
    Str shown = str_slice(text, 0, 100);
    err_set(err, ERR_SYNTAX, "%s [%.*s]", what, STR_ARG(shown));
    err->at = at;
    return false;
}

static int64_t floor_to(int64_t ns, int64_t unit)
{
    int64_t rest = ns % unit;
    return ns - (rest < 0 ? rest + unit : rest);
}

static bool add_months(int64_t *ns, int64_t months)
{
    CivilTime civil = timestamp_to_civil(*ns);
    int64_t month = 0;
    if (__builtin_add_overflow(civil.year * 12 + civil.month - 1, months, &month) || month < 0 ||
        month / 12 > 9999) {
        return false;
    }
    civil.year = month / 12;
    civil.month = (int)(month % 12) + 1;
    int days = timestamp_days_in_month(civil.year, civil.month);
    civil.day = civil.day < days ? civil.day : days;
    return timestamp_from_civil(&civil, ns);
}

static bool add(int64_t *ns, const Unit *unit, int64_t amount)
{
    int64_t span = 0;
    if (unit->months != 0) {
        return !__builtin_mul_overflow(unit->months, amount, &span) && add_months(ns, span);
    }
    return !__builtin_mul_overflow(unit->ns, amount, &span) &&
           !__builtin_add_overflow(*ns, span, ns);
}

/* The first nanosecond of the unit that *ns lies in. False before the beginning of time. */
static bool floor_to_unit(int64_t *ns, const Unit *unit)
{
    if (unit->months != 0) {
        CivilTime civil = timestamp_to_civil(*ns);
        civil = (CivilTime){
            .year = civil.year, .month = unit->months == 12 ? 1 : civil.month, .day = 1};
        return timestamp_from_civil(&civil, ns);
    }
    int64_t step = unit->ns > NS_PER_DAY ? NS_PER_DAY : unit->ns;
    if (*ns < INT64_MIN + unit->ns) {
        return false;
    }
    int64_t days_into_week = unit->ns > NS_PER_DAY ? timestamp_weekday(*ns) : 0;
    *ns = floor_to(*ns, step) - days_into_week * NS_PER_DAY;
    return true;
}

static const Unit *unit_at(Str text, size_t at)
{
    for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
        if (str_starts_with(str_slice(text, at, text.len), UNITS[i].name)) {
            return &UNITS[i];
        }
    }
    return NULL;
}

/* Digits at *at, and *at moves behind them; 1 if there are none. */
static bool amount_at(Str text, size_t *at, int64_t *amount)
{
    size_t from = *at;
    while (*at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9') {
        (*at)++;
    }
    *amount = 1;
    return *at == from || str_to_i64(str_slice(text, from, *at), amount);
}

typedef struct Math {
    Str text;
    size_t at; /* read up to here */
    int64_t ns;
    bool round_up;
    bool form_only; /* a step out of all time counts as no step */
} Math;

static bool take(int64_t *ns, char sign, const Unit *unit, int64_t amount, bool round_up)
{
    if (sign != '/') {
        return add(ns, unit, sign == '-' ? -amount : amount);
    }
    if (!floor_to_unit(ns, unit)) {
        return false;
    }
    if (!round_up) {
        return true;
    }
    if (!add(ns, unit, 1)) {
        return false;
    }
    *ns -= NS_PER_MS;
    return true;
}

/* "+2d", "-d" or "/d" */
static bool step(Math *math, Err *err)
{
    Str text = math->text;
    size_t from = math->at;
    char sign = text.ptr[math->at++];
    if (sign != '+' && sign != '-' && sign != '/') {
        return fail(err, from, "operator not supported for date math", text);
    }
    size_t digits = math->at;
    int64_t amount = 1;
    if (!amount_at(text, &math->at, &amount)) {
        return fail(err, digits, "number too large in date math", text);
    }
    if (sign == '/' && math->at > digits) {
        return fail(err, digits, "rounding takes a unit without a number in date math", text);
    }
    if (math->at == text.len) {
        return fail(err, math->at, "truncated date math", text);
    }
    const Unit *unit = unit_at(text, math->at);
    if (unit == NULL) {
        return fail(err, math->at, "unit not supported for date math", text);
    }
    math->at += unit->name.len;
    int64_t ns = math->ns;
    if (take(&ns, sign, unit, amount, math->round_up)) {
        math->ns = ns;
        return true;
    }
    return math->form_only || fail(err, from, "time out of range in date math", text);
}

static const Unit *smallest_given(Str date)
{
    static const struct {
        size_t len; /* up to "2020", "2020-01", ... */
        const char *unit;
    } PARTS[] = {{4, "y"}, {7, "M"}, {10, "d"}, {13, "h"}, {16, "m"}, {19, "s"}};
    size_t zone = date.len;
    for (size_t i = 10; i < date.len; i++) {
        if (date.ptr[i] == 'Z' || date.ptr[i] == '+' || date.ptr[i] == '-') {
            zone = i;
            break;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
        if (zone <= PARTS[i].len) {
            return unit_at(str_from_c(PARTS[i].unit), 0);
        }
    }
    return NULL;
}

/* A date without math. The end of "2020-01" is the end of that January. */
static bool bare_date(Str text, bool round_up, int64_t *ns, Err *err)
{
    if (!timestamp_parse(text, ns)) {
        return fail(err, 0, NO_ANCHOR, text);
    }
    const Unit *unit = smallest_given(text);
    if (!round_up || unit == NULL) {
        return true;
    }
    if (!add(ns, unit, 1)) {
        return fail(err, 0, "time out of range in date math", text);
    }
    *ns -= 1;
    return true;
}

/* The anchor, and the place behind it. */
static bool anchor(Math *math, Err *err)
{
    size_t bars = 0;
    if (str_starts_with(math->text, STR("now"))) {
        math->at = 3;
        return true;
    }
    if (!str_find(math->text, STR("||"), 0, &bars)) {
        math->at = math->text.len;
        return bare_date(math->text, math->round_up, &math->ns, err);
    }
    math->at = bars + 2;
    return timestamp_parse(str_slice(math->text, 0, bars), &math->ns) ||
           fail(err, 0, NO_ANCHOR, math->text);
}

static bool run(Math *math, Err *err)
{
    if (!anchor(math, err)) {
        return false;
    }
    while (math->at < math->text.len) {
        if (!step(math, err)) {
            return false;
        }
    }
    return true;
}

bool date_math_parse(Str text, int64_t now_ns, bool round_up, int64_t *ns, Err *err)
{
    Math math = {.text = text, .ns = now_ns, .round_up = round_up};
    if (!run(&math, err)) {
        return false;
    }
    *ns = math.ns;
    return true;
}

bool date_math_check(Str text, Err *err)
{
    Math math = {.text = text, .form_only = true};
    return run(&math, err);
}

bool interval_parse(Str text, bool allow_ms, int64_t *ns, Err *err)
{
    static const char FORM[] = "expected a number and one of s, m, h, d, found";
    size_t at = 0;
    int64_t amount = 0;
    int64_t span = 0;
    if (!amount_at(text, &at, &amount)) {
        return fail(err, 0, "interval too long:", text);
    }
    const Unit *unit = at == 0 ? NULL : unit_at(text, at);
    bool known = unit != NULL && unit->months == 0 && unit->ns <= NS_PER_DAY &&
                 !str_equal(unit->name, STR("H")) && (allow_ms || unit->ns != NS_PER_MS);
    if (!known || at + unit->name.len != text.len) {
        return fail(err, at, FORM, text);
    }
    if (amount == 0) {
        return fail(err, 0, "the interval must be longer than nothing, found", text);
    }
    if (__builtin_mul_overflow(amount, unit->ns, &span)) {
        return fail(err, 0, "interval too long:", text);
    }
    *ns = span;
    return true;
}

Str interval_words(Arena *arena, int64_t ns)
{
    static const struct {
        const char *name;
        int64_t ns;
    } WORDS[] = {
        {"day", NS_PER_DAY},       {"hour", 3600 * NS_PER_SECOND}, {"minute", 60 * NS_PER_SECOND},
        {"second", NS_PER_SECOND}, {"millisecond", NS_PER_MS},     {"nanosecond", 1}};
    size_t word = 0;
    while (ns % WORDS[word].ns != 0) {
        word++;
    }
    if (ns == 0) {
        return STR("0 seconds");
    }
    int64_t count = ns / WORDS[word].ns;
    return str_format(arena, "%lld %s%s", (long long)count, WORDS[word].name,
                      count == 1 ? "" : "s");
}
