#pragma once
/* Compare: how two values stand to one another, whatever their kinds.
 *
 * COMPARE_AS_VALUE    same kinds: value_compare. A number and a text: as numbers, if the whole text is one. A
 *                     boolean and a text: the texts "true" and "false". A date and a text: the text as ISO
 *                     8601. A date and a number: milliseconds since 1970.
 * COMPARE_AS_IP       texts as addresses.
 * COMPARE_AS_ADDRESS  the same.
 * COMPARE_AS_VERSION  texts as versions (version_compare).
 *
 * Everything else, and null with anything, is not comparable: neither less, nor equal, nor greater. */

#include "base/ip_address.h"
#include "plan/plan.h"

typedef enum Order { ORDER_LESS, ORDER_EQUAL, ORDER_GREATER, ORDER_NONE } Order;

Order compare_values(const Value *a, const Value *b, CompareAs as);

/* `a` equals `b`; with COMPARE_AS_IP also: the address `a` lies in the block `b` ("10.0.0.0/8"). */
bool compare_equal(const Value *a, const Value *b, CompareAs as);

/* `a` op `b` for the comparing ops. Null in, null out; what is not comparable is equal to nothing and null in
 * every order. */
Value compare_apply(ExprOp op, const Value *a, const Value *b, CompareAs as);

/* The number that the whole text is ("5", "-1.5e3"; no blanks, no hex), exact as far as int64 goes. */
bool compare_number_of(Str text, Value *out);
/* The date that a text (ISO 8601) or a number (milliseconds since 1970) is. */
bool compare_date_of(const Value *value, Value *out);
