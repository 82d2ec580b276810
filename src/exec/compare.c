#include "exec/compare.h"

#include "base/timestamp.h"
#include "exec/version.h"

/* No text longer than this is taken for a number: 40 digits are more than any number in an event has, and a
 * hash of hex digits must not cost a conversion. */
#define LONGEST_NUMBER 64

static Order order_of(int compared)
{
    return compared < 0 ? ORDER_LESS : compared > 0 ? ORDER_GREATER : ORDER_EQUAL;
}

static bool is_number(const Value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_DOUBLE;
}

bool compare_number_of(Str text, Value *out)
{
    if (text.len == 0 || text.len > LONGEST_NUMBER) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_part =
            (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
        if (!is_part) {
            return false;
        }
    }
    int64_t whole = 0;
    double number = 0;
    if (str_to_i64(text, &whole)) {
        *out = value_int(whole);
        return true;
    }
    if (str_to_double(text, &number)) {
        *out = value_double(number);
        return true;
    }
    return false;
}

bool compare_date_of(const Value *value, Value *out)
{
    int64_t ns = 0;
    bool is_date = value->kind == VALUE_INT      ? timestamp_from_ms(value->integer, &ns)
                   : value->kind == VALUE_DOUBLE ? timestamp_from_ms_double(value->number, &ns)
                   : value->kind == VALUE_STRING ? timestamp_parse(value->text, &ns)
                                                 : false;
    if (is_date) {
        *out = value_date(ns);
    }
    return is_date;
}

/* `other` brought to the kind of `value`, which is not a text. */
static bool convert(const Value *value, const Value *other, Value *out)
{
    switch (value->kind) {
    case VALUE_INT:
    case VALUE_DOUBLE: return other->kind == VALUE_STRING && compare_number_of(other->text, out);
    case VALUE_DATE: return compare_date_of(other, out);
    case VALUE_BOOL:
        if (other->kind != VALUE_STRING) {
            return false;
        }
        *out = value_bool(str_equal(other->text, STR("true")));
        return out->boolean || str_equal(other->text, STR("false"));
    case VALUE_NULL:
    case VALUE_STRING: break;
    }
    return false;
}

static Order compare_mixed(const Value *a, const Value *b)
{
    Value converted;
    if (convert(a, b, &converted)) {
        return order_of(value_compare(a, &converted));
    }
    if (convert(b, a, &converted)) {
        return order_of(value_compare(&converted, b));
    }
    return ORDER_NONE;
}

static Order compare_plain(const Value *a, const Value *b)
{
    if (a->kind == VALUE_NULL || b->kind == VALUE_NULL) {
        return ORDER_NONE;
    }
    if (a->kind == b->kind || (is_number(a) && is_number(b))) {
        return order_of(value_compare(a, b));
    }
    return compare_mixed(a, b);
}

static Order compare_addresses(const Value *a, const Value *b)
{
    IpAddress x;
    IpAddress y;
    if (a->kind != VALUE_STRING || b->kind != VALUE_STRING || !ip_address_parse(a->text, &x) ||
        !ip_address_parse(b->text, &y)) {
        return ORDER_NONE;
    }
    return order_of(ip_address_compare(&x, &y));
}

Order compare_values(const Value *a, const Value *b, CompareAs as)
{
    switch (as) {
    case COMPARE_AS_VALUE: return compare_plain(a, b);
    case COMPARE_AS_IP:
    case COMPARE_AS_ADDRESS: return compare_addresses(a, b);
    case COMPARE_AS_VERSION:
        if (a->kind == VALUE_STRING && b->kind == VALUE_STRING) {
            return order_of(version_compare(a->text, b->text));
        }
        break;
    }
    return ORDER_NONE;
}

static bool is_inside(const Value *address, const Value *block)
{
    IpAddress one;
    IpBlock many;
    return address->kind == VALUE_STRING && block->kind == VALUE_STRING &&
           ip_address_parse(address->text, &one) && ip_block_parse(block->text, &many) &&
           ip_block_contains(&many, &one);
}

bool compare_equal(const Value *a, const Value *b, CompareAs as)
{
    return as == COMPARE_AS_IP ? is_inside(a, b) : compare_values(a, b, as) == ORDER_EQUAL;
}

Value compare_apply(ExprOp op, const Value *a, const Value *b, CompareAs as)
{
    if (a->kind == VALUE_NULL || b->kind == VALUE_NULL) {
        return value_null();
    }
    if (op == OP_EQUAL) {
        return value_bool(compare_equal(a, b, as));
    }
    Order order = compare_values(a, b, as);
    if (order == ORDER_NONE) {
        return value_null();
    }
    switch (op) {
    case OP_LESS: return value_bool(order == ORDER_LESS);
    case OP_LESS_EQUAL: return value_bool(order != ORDER_GREATER);
    case OP_GREATER: return value_bool(order == ORDER_GREATER);
    case OP_GREATER_EQUAL: return value_bool(order != ORDER_LESS);
    case OP_NONE:
    case OP_EQUAL:
    case OP_ADD:
    case OP_SUBTRACT:
    case OP_MULTIPLY:
    case OP_DIVIDE:
    case OP_MODULO: break;
    }
    assert(!"not a comparison");
    return value_null();
}
