#include "exec/arithmetic.h"

#include <math.h>

#include "exec/compare.h"

static bool number_of(const Value *value, Value *out)
{
    if (value->kind == VALUE_STRING) {
        return compare_number_of(value->text, out);
    }
    *out = *value;
    return value->kind == VALUE_INT || value->kind == VALUE_DOUBLE;
}

static double as_double(const Value *number)
{
    return number->kind == VALUE_INT ? (double)number->integer : number->number;
}

static Value apply_whole(ExprOp op, int64_t a, int64_t b)
{
    int64_t result = 0;
    bool failed = false;
    switch (op) {
    case OP_ADD: failed = __builtin_add_overflow(a, b, &result); break;
    case OP_SUBTRACT: failed = __builtin_sub_overflow(a, b, &result); break;
    case OP_MULTIPLY: failed = __builtin_mul_overflow(a, b, &result); break;
    case OP_DIVIDE:
        failed = b == 0 || (b == -1 && a == INT64_MIN);
        result = failed ? 0 : a / b;
        break;
    case OP_MODULO:
        failed = b == 0;
        result = b == 0 || b == -1 ? 0 : a % b; /* INT64_MIN % -1 would trap */
        break;
    case OP_NONE:
    case OP_EQUAL:
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_GREATER:
    case OP_GREATER_EQUAL: assert(!"not arithmetic");
    }
    return failed ? value_null() : value_int(result);
}

static Value finite_or_null(double result)
{
    return isfinite(result) ? value_double(result) : value_null();
}

static Value apply_double(ExprOp op, double a, double b)
{
    switch (op) {
    case OP_ADD: return finite_or_null(a + b);
    case OP_SUBTRACT: return finite_or_null(a - b);
    case OP_MULTIPLY: return finite_or_null(a * b);
    case OP_DIVIDE: return b == 0 ? value_null() : finite_or_null(a / b);
    case OP_MODULO: return b == 0 ? value_null() : finite_or_null(fmod(a, b));
    case OP_NONE:
    case OP_EQUAL:
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_GREATER:
    case OP_GREATER_EQUAL: break;
    }
    assert(!"not arithmetic");
    return value_null();
}

Value arithmetic_apply(ExprOp op, const Value *a, const Value *b)
{
    Value x;
    Value y;
    if (!number_of(a, &x) || !number_of(b, &y)) {
        return value_null();
    }
    if (x.kind == VALUE_INT && y.kind == VALUE_INT) {
        return apply_whole(op, x.integer, y.integer);
    }
    return apply_double(op, as_double(&x), as_double(&y));
}

Value arithmetic_negate(const Value *value)
{
    Value number;
    if (!number_of(value, &number)) {
        return value_null();
    }
    if (number.kind == VALUE_DOUBLE) {
        return value_double(-number.number);
    }
    return apply_whole(OP_SUBTRACT, 0, number.integer);
}
