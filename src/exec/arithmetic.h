#pragma once
/* Arithmetic: + - * / % over values.
 *
 * Whole numbers stay whole: division truncates toward zero, the remainder has the dividend's sign. One double makes
 * both double. A text that is a number counts as one.
 *
 * Null comes out when an operand is null or no number, when a whole number overflows, when the divisor is zero and
 * when a double would not be finite. (Elasticsearch fails the whole query at the first two of the last three.) */

#include "plan/plan.h"

Value arithmetic_apply(ExprOp op, const Value *a, const Value *b);
Value arithmetic_negate(const Value *value);
