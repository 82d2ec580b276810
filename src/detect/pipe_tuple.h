#pragma once
/* PipeTuple: what a pipe's terms are in one match, as bytes.
 *
 * Unique       each term is the set of its values. Equal sets are equal bytes, in whatever order the event has them.
 * Order        each term is its least value. The order of the bytes is the order of "sort": booleans, numbers, dates,
 *              texts; addresses and versions by what they mean, before what is none; what has no value comes last. */

#include "base/buffer.h"
#include "event/value.h"
#include "plan/plan.h"

/* The values need not be sorted, and may repeat. */
void pipe_tuple_append_set(Buffer *out, const Values *values, CompareAs as);
void pipe_tuple_append_least(Buffer *out, const Values *values, CompareAs as);
/* Reads a set that was made COMPARE_AS_VALUE off the front of *tuple. */
Values pipe_tuple_next(Arena *arena, Str *tuple);
