#pragma once
/* Wildcard: patterns with '*' (any run of characters, also none) and '?' (exactly one character).
 *
 * There is no escape; every other character means itself, the backslash too. Characters are code points.
 * Without regard to case: fold both texts first.
 *
 * Cost         pattern and text are read once; only a piece between two '*' that has a '?' in it may be tried at each
 *              place of the text, and queries have none longer than QUERY_MAX_LOOSE. */

#include "base/str.h"

bool wildcard_match(Str pattern, Str text);
bool wildcard_is_plain(Str pattern); /* no '*' and no '?': only equal text fits */
