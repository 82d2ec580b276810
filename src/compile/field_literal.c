#include "compile/field_literal.h"

#include "base/ip_address.h"
#include "base/timestamp.h"
#include "lang/date_math.h"

/* ---- dates ---- */

#define NS_PER_MINUTE (60 * NS_PER_SECOND)
#define NS_PER_HOUR   (60 * NS_PER_MINUTE)
#define NS_PER_DAY    (24 * NS_PER_HOUR)

/* How long the span is that a date without a fraction of a second names. Elasticsearch fills in
 * what is missing from the hour down; a missing month or day is the first. */
static int64_t span_of(Str text)
{
    size_t at = text.len;
    if (!str_find_byte(text, 'T', 0, &at) && !str_find_byte(text, ' ', 0, &at)) {
        return NS_PER_DAY;
    }
    size_t colons = 0;
    for (at++; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == '.' || c == ',') {
            return 1;
        }
        if (c == 'Z' || c == '+' || c == '-') {
            break;
        }
        colons += c == ':';
    }
    return colons == 0 ? NS_PER_HOUR : colons == 1 ? NS_PER_MINUTE : NS_PER_SECOND;
}

static bool parse_date(Str text, int64_t *low, int64_t *high)
{
    if (timestamp_parse(text, low)) {
        return !__builtin_add_overflow(*low, span_of(text) - 1, high);
    }
    Err err = {0};
    /* What hangs on the time of day would make the same query another one tomorrow. */
    if (str_starts_with(text, STR("now"))) {
        return false;
    }
    return date_math_parse(text, 0, false, low, &err) && date_math_parse(text, 0, true, high, &err);
}

static Value cut_date(int64_t ns, FieldType type)
{
    if (type == FIELD_DATE) {
        int64_t past = ns % NS_PER_MS;
        ns -= past < 0 ? past + NS_PER_MS : past;
    }
    return value_date(ns);
}

static bool number_of(Value literal, Value *out)
{
    if (literal.kind == VALUE_INT || literal.kind == VALUE_DOUBLE) {
        *out = literal;
        return true;
    }
    if (literal.kind != VALUE_STRING) {
        return false;
    }
    int64_t whole = 0;
    double number = 0;
    if (str_to_i64(literal.text, &whole)) {
        *out = value_int(whole);
        return true;
    }
    if (str_to_double(literal.text, &number)) {
        *out = value_double(number);
        return true;
    }
    return false;
}

static FieldLiteral date_literal(FieldType type, Value literal)
{
    FieldLiteral out = {.low = literal, .high = literal};
    int64_t low = 0;
    int64_t high = 0;
    Value number;
    if (literal.kind == VALUE_STRING && parse_date(literal.text, &low, &high)) {
        out.fits = true;
    } else if (number_of(literal, &number)) {
        out.fits = number.kind == VALUE_INT ? timestamp_from_ms(number.integer, &low)
                                            : timestamp_from_ms_double(number.number, &low);
        high = low;
    }
    if (out.fits) {
        out.low = cut_date(low, type);
        out.high = cut_date(high, type);
    }
    return out;
}

/* ---- all types ---- */

static FieldLiteral exact(Value value, CompareAs as, bool fits)
{
    return (FieldLiteral){.low = value, .high = value, .as = as, .fits = fits};
}

static FieldLiteral boolean_literal(Value literal)
{
    if (literal.kind == VALUE_STRING && str_equal(literal.text, STR("true"))) {
        return exact(value_bool(true), COMPARE_AS_VALUE, true);
    }
    if (literal.kind == VALUE_STRING &&
        (str_equal(literal.text, STR("false")) || literal.text.len == 0)) {
        return exact(value_bool(false), COMPARE_AS_VALUE, true);
    }
    return exact(literal, COMPARE_AS_VALUE, literal.kind == VALUE_BOOL);
}

/* A block stands for all its addresses, which only == can mean. */
static FieldLiteral address_literal(Value literal, ExprOp op)
{
    IpAddress address;
    IpBlock block;
    bool fits =
        literal.kind == VALUE_STRING && (op == OP_EQUAL ? ip_block_parse(literal.text, &block)
                                                        : ip_address_parse(literal.text, &address));
    return exact(literal, fits ? COMPARE_AS_IP : COMPARE_AS_VALUE, fits);
}

FieldLiteral field_literal(Arena *arena, FieldType field, Value literal, ExprOp op)
{
    Value number;
    switch (field) {
    case FIELD_LONG:
    case FIELD_DOUBLE:
        return number_of(literal, &number) ? exact(number, COMPARE_AS_VALUE, true)
                                           : exact(literal, COMPARE_AS_VALUE, false);
    case FIELD_BOOLEAN: return boolean_literal(literal);
    case FIELD_DATE:
    case FIELD_DATE_NANOS: return date_literal(field, literal);
    case FIELD_IP: return address_literal(literal, op);
    case FIELD_VERSION:
        return exact(value_string(value_to_text(arena, &literal)), COMPARE_AS_VERSION, true);
    case FIELD_KEYWORD:
    case FIELD_TEXT:
    case FIELD_FLATTENED:
        return exact(value_string(value_to_text(arena, &literal)), COMPARE_AS_VALUE, true);
    case FIELD_UNKNOWN:
    case FIELD_OBJECT:
    case FIELD_OTHER: break;
    }
    return exact(literal, COMPARE_AS_VALUE, true);
}
