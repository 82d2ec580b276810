#pragma once
/* QueryDress: a made-up query in the words of some events: its fields become fields of theirs of the same kind, its
 * constants become values that these fields have there, whole or in part: prefixes, patterns, blocks of addresses,
 * numbers next to them, categories and spans of time. */

#include "words.h"

/* The query itself when it does not parse. */
Str query_dress(Arena *arena, Str query, const Words *words, Dice *dice);
