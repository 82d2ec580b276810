#pragma once
/* QueryEdit: the ways to make a query a little smaller: a stage less, a condition replaced by one of its
 * parts, a list item less, a text cut. Numbered, so that whoever looks for a small query can try them one
 * by one.
 *
 * What comes out parses; whether it compiles is not looked at. */

#include "base/str.h"

/* The query after its edit number `number`, from 0, into *out. False when there are no more, or the text is no
 * query. */
bool query_edit(Arena *arena, Str query, uint32_t number, Str *out);
