#include "compile/query_date.h"

#include "lang/date_math.h"

static bool hangs_on_now(const QueryScope *scope, Str text)
{
    return str_starts_with(text, STR("now")) && !scope->has_now;
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
