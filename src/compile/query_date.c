#include "compile/query_date.h"

#include "base/timestamp.h"
#include "lang/date_math.h"

static bool hangs_on_now(const QueryScope *scope, Str text)
{
    return str_starts_with(text, STR("now")) && !scope->has_now;
}

/* The text is the same date on the whole of this day (UTC), or now alone. */
static void narrow_now(const QueryScope *scope, Str text)
{
    const int64_t day = 86400 * NS_PER_SECOND;
    int64_t past = scope->now_ns % day;
    NowSpan span = {.from_ns = scope->now_ns - (past < 0 ? past + day : past)};
    int64_t first = 0;
    int64_t last = 0;
    Err err = {0};
    span.until_ns = span.from_ns + (day - 1);
    if (!date_math_parse(text, span.from_ns, false, &first, &err) ||
        !date_math_parse(text, span.until_ns, false, &last, &err) || first != last) {
        span = (NowSpan){scope->now_ns, scope->now_ns};
    }
    NowSpan *all = scope->now_span;
    all->from_ns = all->from_ns > span.from_ns ? all->from_ns : span.from_ns;
    all->until_ns = all->until_ns < span.until_ns ? all->until_ns : span.until_ns;
}

bool query_date(const QueryScope *scope, FieldType type, Str text, FieldLiteral *out)
{
    int64_t low = 0;
    int64_t high = 0;
    Err err = {0};
    if (hangs_on_now(scope, text)) {
        return false;
    }
    if (!date_math_parse(text, scope->now_ns, false, &low, &err) ||
        !date_math_parse(text, scope->now_ns, true, &high, &err)) {
        *out = field_literal(scope->arena, type, value_string(text), OP_EQUAL);
        return out->fits;
    }
    if (str_starts_with(text, STR("now")) && scope->now_span != NULL) {
        narrow_now(scope, text);
    }
    *out = (FieldLiteral){.low = value_date_of_type(low, type),
                          .high = value_date_of_type(high, type),
                          .as = COMPARE_AS_VALUE,
                          .fits = true};
    return true;
}

void query_date_refuse(QueryScope *scope, Str field, Str text, QuerySpan where)
{
    if (hangs_on_now(scope, text)) {
        query_scope_refuse(scope, where, QUERY_CODE_UNSUPPORTED,
                           "a date that hangs on \"now\" is not supported in rules");
    } else {
        query_scope_refuse(scope, where, QUERY_CODE_TYPE, "\"%.*s\" is a date, and this is none",
                           STR_ARG(field));
    }
}
