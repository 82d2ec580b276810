#pragma once
/* Wildcard: patterns with '*' (any run of characters, also none) and '?' (exactly one character).
 *
 * There is no escape; every other character means itself, the backslash too. Characters are code points.
 * Without regard to case: fold both texts first.
 *
 * Cost         one pass; after a failure only the last '*' is tried again, so at worst the text's length times
 *              the longest piece between two '*'. */

#include "base/str.h"

bool wildcard_match(Str pattern, Str text);
bool wildcard_is_plain(Str pattern); /* no '*' and no '?': only equal text fits */
