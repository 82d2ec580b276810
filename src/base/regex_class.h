#pragma once
/* RegexClass: a set of characters being put together for a pattern. */

#include "base/array.h"
#include "base/regex_parse.h"

#define REGEX_LAST_CHARACTER 0x10ffffu

typedef ARRAY(RegexRange) RegexRanges;

/* Sorted, overlapping and touching ranges joined. */
void regex_ranges_normalize(RegexRanges *ranges);
void regex_ranges_complement(Arena *arena, RegexRanges *ranges); /* of normalized ones */
/* The folded form of every character joins. False when the budget is used up. */
bool regex_ranges_fold(Arena *arena, RegexRanges *ranges, RegexBudget *budget);
